//! Files from the Hugging Face hub, through its own client and cache.
