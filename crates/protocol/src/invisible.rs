//! Characters nobody sees: a name made of them is no name, and one that hides them passes for another's.
//!
//! Unicode's Default_Ignorable_Code_Point, control and format characters that change how neighbours are
//! read, and letters that are drawn as nothing.

/// May not be in a text at all. U+200C and U+200D (Persian and Indic names need them) and variation
/// selectors (emoji and Japanese names) may, where they have something to join or vary: [`hidden`].
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Soft hyphen, combining grapheme joiner, Arabic letter mark.
            '\u{00AD}' | '\u{034F}' | '\u{061C}'
            // Fillers of Hangul, inherent vowels of Khmer, Mongolian vowel separator.
            | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            // Zero-width space, direction marks, line and paragraph separators, embeddings, isolates.
            | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            // Blank Braille, byte order mark, interlinear marks.
            | '\u{2800}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFB}'
            // Shorthand and musical format controls, an invisible letter of Kharoshthi's neighbours.
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D159}' | '\u{1D173}'..='\u{1D17A}'
            // Tags, and what is ignored by default beside them, but for variation selectors.
            | '\u{E0000}'..='\u{E00FF}' | '\u{E01F0}'..='\u{E0FFF}')
}

/// Joins or varies what is before it: seen only by what it does.
pub(crate) fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// The first joiner that has nothing to join: at the beginning, after a space or another one; a
/// non-joiner also at the end.
pub(crate) fn hidden(text: &str) -> Option<char> {
    let mut before = None;
    for c in text.chars() {
        let is_selector = is_joiner(c) && !matches!(c, '\u{200C}' | '\u{200D}');
        let nothing = before
            .is_none_or(|b: char| b.is_whitespace() || (is_joiner(b) && is_selector))
            || (matches!(c, '\u{200C}' | '\u{200D}')
                && matches!(before, Some('\u{200C}' | '\u{200D}')));
        if is_joiner(c) && nothing {
            return Some(c);
        }
        before = Some(c);
    }
    before.filter(|c| matches!(c, '\u{200C}' | '\u{200D}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_are_drawn_as_nothing_are_unsafe() {
        for c in [
            '\u{3164}',
            '\u{2800}',
            '\u{115F}',
            '\u{1160}',
            '\u{FFA0}',
            '\u{00AD}',
            '\u{034F}',
            '\u{17B4}',
            '\u{180E}',
            '\u{200B}',
            '\u{2061}',
            '\u{FEFF}',
            '\u{1D159}',
            '\u{1D173}',
            '\u{E0041}',
            '\u{E0FFF}',
        ] {
            assert!(is_unsafe(c), "U+{:04X}", c as u32);
        }
    }

    #[test]
    fn joiners_are_taken_where_they_join() {
        for name in [
            "می\u{200C}خواهم",
            "क\u{094D}\u{200D}ष",
            "葛\u{E0100}飾",
            "❤\u{FE0F}",
            "👩\u{200D}🚒",
            "❤\u{FE0F}\u{200D}🔥",
        ] {
            assert_eq!(hidden(name), None, "{name:?}");
        }
        for name in [
            "\u{200D}",
            "\u{FE0F}",
            "a\u{200D}",
            "a \u{200C}b",
            "a\u{200C}\u{200C}b",
            "a\u{FE0F}\u{FE0F}",
        ] {
            assert!(hidden(name).is_some(), "{name:?}");
        }
    }
}
