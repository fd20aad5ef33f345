//! Pipeline files to plans to runs: fingerprints, manifests, what is stale.
