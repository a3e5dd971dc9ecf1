//! What the table of a list is called: as flatten-tool does, but no two alike.

use std::collections::HashSet;

/// Gives each table a name that no other has, whatever the case of its letters.
pub(super) struct Names {
    taken: HashSet<String>,
    longest: usize,
}

impl Names {
    /// Names of at most `longest` characters, none of them one of `taken`.
    pub fn new(taken: &[&str], longest: usize) -> Names {
        // A spreadsheet keeps `History` for itself.
        let mut names: HashSet<String> = taken.iter().map(|name| name.to_lowercase()).collect();
        names.insert("history".to_owned());
        Names {
            taken: names,
            longest,
        }
    }

    /// The name of the table of a list: `tender/items/0/units/0` is `ten_ite_units`.
    pub fn of_list(&mut self, path: &str) -> String {
        let keys: Vec<&str> = path.split('/').filter(|step| *step != "0").collect();
        let (last, above) = keys.split_last().unwrap_or((&"", &[]));
        let mut name = String::new();
        for key in above {
            name.extend(key.chars().take(3));
            name.push('_');
        }
        name.push_str(last);
        if name.starts_with('_') {
            // Tables that are not data begin so.
            name.insert(0, '-');
        }
        self.other(&name)
    }

    /// This name, or the same with a number after it.
    pub fn other(&mut self, name: &str) -> String {
        let is_safe = |c: char| !c.is_control() && !"[]:*?/\\'\"<>|".contains(c);
        let name: String = name
            .chars()
            .map(|c| if is_safe(c) { c } else { '-' })
            .collect();
        let mut number = 1;
        loop {
            let tail = match number {
                1 => String::new(),
                number => format!(" {number}"),
            };
            let kept: String = name.chars().take(self.longest - tail.len()).collect();
            let candidate = kept + &tail;
            if self.taken.insert(candidate.to_lowercase()) {
                return candidate;
            }
            number += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_flatten_tool() {
        let mut names = Names::new(&["main"], 31);
        let list = "tender/items/0/additionalClassifications/0";
        assert_eq!(names.of_list("parties/0"), "parties");
        assert_eq!(names.of_list("awards/0/suppliers/0"), "awa_suppliers");
        assert_eq!(names.of_list(list), "ten_ite_additionalClassificatio");
        assert_eq!(names.of_list(list), "ten_ite_additionalClassificat 2");
        assert_eq!(names.of_list("Main/0"), "Main 2");
        assert_eq!(names.of_list("a:b/0"), "a-b");
    }
}
