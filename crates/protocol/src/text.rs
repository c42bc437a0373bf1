//! Text that people read: bounded, without control or direction-changing characters.

use thiserror::Error;

/// Why a text was refused.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum TextError {
    /// Nothing is left after trimming.
    #[error("is empty")]
    Empty,
    /// Longer than its limit.
    #[error("is {bytes} bytes long; at most {max} are allowed")]
    TooLong {
        /// Its length in bytes of UTF-8.
        bytes: usize,
        /// The limit that applies.
        max: usize,
    },
    /// Has a line break, another control character, or one that changes reading direction.
    #[error("has a character that cannot be shown safely (U+{0:04X})")]
    Unsafe(u32),
}

/// Trims `text` and checks that it is 1..=`max` bytes without control characters (C0, C1),
/// bidirectional controls, zero-width or other invisible format characters, so that a name cannot
/// pass for another's. Markup is allowed: it is text, and shown as text.
pub fn check(text: &str, max: usize) -> Result<String, TextError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.len() > max {
        return Err(TextError::TooLong {
            bytes: text.len(),
            max,
        });
    }
    match text.chars().find(|&c| is_unsafe(c)) {
        Some(c) => Err(TextError::Unsafe(c as u32)),
        None => Ok(text.to_owned()),
    }
}

/// Control and invisible characters (Unicode categories Cc, and those of Cf, Zl, Zp that change
/// how neighbours are read). U+200C and U+200D stay allowed: Persian and Indic names need them.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ordinary_names_of_many_scripts_pass() {
        for name in [
            "Emmanuel Macron",
            "Володимир",
            "Łukasz",
            "محمد",
            "می‌خواهم",
            "O'Neill-Ødegård",
            "<b>x</b>",
        ] {
            assert_eq!(check(name, 128).as_deref(), Ok(name));
        }
    }

    #[test]
    fn bidi_controls_line_breaks_and_invisibles_are_refused() {
        for bad in [
            "a\u{202E}b",
            "a\nb",
            "a\u{0}b",
            "a\u{200B}b",
            "a\u{2066}b",
            "a\u{E0041}b",
        ] {
            assert!(
                matches!(check(bad, 128), Err(TextError::Unsafe(_))),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn ten_kilobytes_are_refused_with_the_limit() {
        assert_eq!(
            check(&"x".repeat(10_000), 128),
            Err(TextError::TooLong {
                bytes: 10_000,
                max: 128
            })
        );
        assert_eq!(check("  ", 128), Err(TextError::Empty));
    }

    proptest! {
        #[test]
        fn what_passes_is_bounded_trimmed_and_passes_again(text in ".*") {
            if let Ok(ok) = check(&text, 64) {
                prop_assert!(ok.len() <= 64 && ok.trim() == ok);
                prop_assert_eq!(check(&ok, 64), Ok(ok.clone()));
            }
        }
    }
}
