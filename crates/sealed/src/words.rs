//! The words of the call: 66 bits of an epoch's secret as six words of a list of 2048 in the chair's
//! language, and as 20 digits. Equal words on two screens mean that both are in the same group, in the
//! same epoch, with the same members: 66 bits cannot be matched in the two minutes they count.
//!
//! ```text
//! bits = first 66 bits of HKDF-SHA256(salt none, epoch_authenticator (RFC 9420, 8.7), "incamera words v1")
//! words: six times 11 bits, most significant first; digits: the 66 bits as a decimal number
//! ```

use hkdf::Hkdf;
use sha2::Sha256;

const LABEL: &[u8] = b"incamera words v1";
const LISTS: [(&str, &str); 5] = [
    ("en", include_str!("words/en.txt")),
    ("fr", include_str!("words/fr.txt")),
    ("de", include_str!("words/de.txt")),
    ("pl", include_str!("words/pl.txt")),
    ("uk", include_str!("words/uk.txt")),
];

/// What is read out and compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) words: Vec<String>,
    pub(crate) digits: String,
}

/// The words of an epoch. A language without a list gets English.
pub(crate) fn words(epoch_authenticator: &[u8], language: &str) -> Words {
    let mut bytes = [0; 9];
    Hkdf::<Sha256>::new(None, epoch_authenticator)
        .expand(LABEL, &mut bytes)
        .expect("HKDF-SHA256 gives up to 8160 bytes");
    let bits = bytes
        .iter()
        .fold(0u128, |bits, byte| bits << 8 | u128::from(*byte))
        >> 6;
    let list = list(language);
    let word = |at: u32| list[(bits >> (55 - 11 * at)) as usize & 0x7ff].to_owned();
    Words {
        words: (0..6).map(word).collect(),
        digits: format!("{bits:020}"),
    }
}

/// The language whose list is used when this one is asked for.
pub(crate) fn language(asked: &str) -> &'static str {
    let known = LISTS.iter().find(|(name, _)| *name == asked);
    known.map_or("en", |(name, _)| name)
}

fn list(language: &str) -> Vec<&'static str> {
    let name = self::language(language);
    let (_, text) = LISTS
        .iter()
        .find(|(known, _)| *known == name)
        .expect("language() gives one of the list");
    text.lines().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_list_has_2048_different_words_that_fit_a_screen() {
        for (language, _) in LISTS {
            let words: BTreeSet<_> = list(language).into_iter().collect();
            assert_eq!(list(language).len(), 2048, "{language}");
            assert_eq!(words.len(), 2048, "{language}");
            let fits =
                |word: &&str| (2..=12).contains(&word.chars().count()) && word.trim() == *word;
            assert!(words.iter().all(fits), "{language}");
        }
    }

    #[test]
    fn words_and_digits_are_the_same_66_bits() {
        let english = words(b"authenticator", "en");
        let place = |word: &String| list("en").iter().position(|w| w == word).unwrap() as u128;
        let bits = english
            .words
            .iter()
            .fold(0, |bits, word| bits << 11 | place(word));
        assert_eq!(english.digits, format!("{bits:020}"));
        assert_eq!(english.digits.len(), 20);
        assert_eq!(words(b"authenticator", "uk").digits, english.digits);
        assert_ne!(words(b"another", "en").words, english.words);
        assert_eq!(words(b"authenticator", "xx"), english);
    }
}
