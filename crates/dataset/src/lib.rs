//! Problems and recorded replies from files, the hub, or the program itself.
