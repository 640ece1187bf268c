"""Charts of rankings: small pure functions that return Vega-Lite specifications, and their drawing as SVG."""
