//! Text that people read: bounded by what they see, without control or direction-changing characters.

use thiserror::Error;
use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::{invisible, limits};

/// How long a text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// In [`letters`]: what is said to people.
    pub letters: usize,
    /// In bytes of UTF-8, far above: one letter may carry any number of marks.
    pub bytes: usize,
}

/// Of a call's title.
pub const TITLE: Limit = Limit {
    letters: limits::TITLE_LETTERS_MAX,
    bytes: limits::TITLE_BYTES_MAX,
};
/// Of a name, a person's title, a delegation's name.
pub const NAME: Limit = Limit {
    letters: limits::NAME_LETTERS_MAX,
    bytes: limits::NAME_BYTES_MAX,
};
/// Of a delegation's short name.
pub const SHORT_NAME: Limit = Limit {
    letters: limits::SHORT_NAME_LETTERS_MAX,
    bytes: limits::SHORT_NAME_BYTES_MAX,
};

/// Why a text was refused.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum TextError {
    /// Nothing is left after trimming.
    #[error("is empty")]
    Empty,
    /// More letters than its limit.
    #[error("is {letters} letters long; at most {max} are allowed")]
    TooLong {
        /// Its length in [`letters`].
        letters: usize,
        /// The limit that applies.
        max: usize,
    },
    /// Few letters with so much on them that they are no writing.
    #[error(
        "has more marks on its letters than writing needs: {bytes} bytes; at most {max} are allowed"
    )]
    TooHeavy {
        /// Its length in bytes of UTF-8.
        bytes: usize,
        /// The limit that applies.
        max: usize,
    },
    /// Has a line break, another control character, or one that changes reading direction.
    #[error("has a character that cannot be shown safely (U+{0:04X})")]
    Unsafe(u32),
}

/// How many letters a person sees: extended grapheme clusters (UAX #29), as `Intl.Segmenter` counts
/// them in the browser. Both are held to `tests/letters.json`.
pub fn letters(text: &str) -> usize {
    text.graphemes(true).count()
}

/// Trims `text` and checks that it is not empty nor above its limit, without control characters (C0, C1),
/// bidirectional controls, letters that are drawn as nothing or other invisible characters, so that a
/// name cannot pass for another's. Gives it composed (NFC): one way to write a letter. Markup is allowed:
/// it is text, and shown as text.
pub fn check(text: &str, max: Limit) -> Result<String, TextError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    let letters = letters(text);
    if letters > max.letters {
        return Err(TextError::TooLong {
            letters,
            max: max.letters,
        });
    }
    if text.len() > max.bytes {
        return Err(TextError::TooHeavy {
            bytes: text.len(),
            max: max.bytes,
        });
    }
    let unsafe_char = text.chars().find(|&c| invisible::is_unsafe(c));
    match unsafe_char.or_else(|| invisible::hidden(text)) {
        Some(c) => Err(TextError::Unsafe(c as u32)),
        None => Ok(text.nfc().collect()),
    }
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
            assert_eq!(check(name, NAME).as_deref(), Ok(name));
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
            "\u{3164}",
            "\u{2800}\u{2800}",
            "A\u{AD}nna",
            "Anna\u{200D}",
            "\u{FE0F}",
        ] {
            assert!(
                matches!(check(bad, NAME), Err(TextError::Unsafe(_))),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn a_letter_and_its_mark_are_kept_as_one() {
        assert_eq!(check("Rene\u{301}", NAME).as_deref(), Ok("Ren\u{e9}"));
    }

    #[test]
    fn ten_kilobytes_are_refused_with_the_limit() {
        assert_eq!(
            check(&"x".repeat(10_000), NAME),
            Err(TextError::TooLong {
                letters: 10_000,
                max: 128
            })
        );
        assert_eq!(check("  ", NAME), Err(TextError::Empty));
    }

    #[test]
    fn letters_are_counted_as_the_browser_counts_them() {
        #[derive(serde::Deserialize)]
        struct Case {
            what: String,
            text: String,
            letters: usize,
        }
        let cases: Vec<Case> = serde_json::from_str(include_str!("../tests/letters.json")).unwrap();
        for case in cases {
            assert_eq!(letters(&case.text), case.letters, "{}", case.what);
        }
    }

    #[test]
    fn every_script_has_as_many_letters() {
        for letter in [
            "x",
            "ї",
            "蔡",
            "𠮷",
            "क्षि",
            "e\u{301}",
            "\u{1112}\u{1161}\u{11ab}",
        ] {
            for limit in [TITLE, NAME] {
                let name = letter.repeat(limit.letters);
                if name.len() <= limit.bytes {
                    assert!(check(&name, limit).is_ok(), "{letter}");
                }
                assert_eq!(
                    check(&(name + letter), limit),
                    Err(TextError::TooLong {
                        letters: limit.letters + 1,
                        max: limit.letters
                    }),
                    "{letter}"
                );
            }
            assert!(check(&letter.repeat(60), NAME).is_ok(), "{letter}");
        }
    }

    #[test]
    fn a_pile_of_marks_on_one_letter_is_refused_as_that() {
        let pile = format!("Z{}", "\u{335}".repeat(1000));
        assert_eq!(
            check(&pile, NAME),
            Err(TextError::TooHeavy {
                bytes: 2001,
                max: 1024
            })
        );
    }

    proptest! {
        #[test]
        fn what_passes_is_bounded_trimmed_and_passes_again(text in ".*") {
            let limit = Limit { letters: 16, bytes: 64 };
            if let Ok(ok) = check(&text, limit) {
                prop_assert!(ok.len() <= 64 && letters(&ok) <= 16 && ok.trim() == ok);
                prop_assert_eq!(check(&ok, limit), Ok(ok.clone()));
            }
        }
    }
}
