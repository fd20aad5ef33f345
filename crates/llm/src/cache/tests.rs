//! Tests of the reply cache.
