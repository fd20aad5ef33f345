//! The only crate that speaks HTTP to models: chat client, retry, rate, reply cache.
