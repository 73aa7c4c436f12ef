"""One panel: doctors x waves, with dispositions, response rates, scores and raked weights."""
