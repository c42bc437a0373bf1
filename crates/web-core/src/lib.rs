//! sealed for the browser: conversions only.
