"""Whether what was published is what the data give: ledger, manifest, publishing, verifying, and what to hand over."""
