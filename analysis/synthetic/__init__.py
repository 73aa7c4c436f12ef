"""The synthetic panel: a population of doctors that never was, answering as the published figures say doctors did."""
