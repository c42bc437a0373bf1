//! A participant without a screen: real signalling, real media.

pub mod barcode;
pub mod frames;
pub mod link;
pub mod media;
pub mod picture;
pub mod tones;
pub mod video;
pub mod voice;
