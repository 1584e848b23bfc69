"""The API: what spans rooms. Versions, OAuth, identity, describe, sObjects, SOQL."""
