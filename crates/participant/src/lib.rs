//! A participant without a screen: real signalling, real media.
