//! How a changed entry of the registry is told to people, who know assets by id, name and place and read no JSON.

use crate::envelope;
use crate::schema::journal::EntryChange;
use crate::trust::Limits;

/// What people are told of an entry.
struct Told {
    id: String,
    uuid: String,
    root: String,
    included: bool,
}

/// One line about the change. `name_at` gives the name of the asset at a root.
pub(super) fn entry_told(change: &EntryChange, name_at: &dyn Fn(&str) -> Option<String>) -> String {
    let [before, after] = [&change.before, &change.after].map(|line| line.as_deref().and_then(read));
    let named = |told: &Told, other: &str| {
        let name = name_at(&told.root).or_else(|| name_at(other)).map(|name| format!(" `{name}`"));
        format!("asset {}{}", told.id, name.unwrap_or_default())
    };
    let built = |told: &Told| if told.included { "included in builds" } else { "excluded from builds" };
    match (before, after) {
        (None, Some(after)) => format!("{} at {}, {}", named(&after, ""), after.root, built(&after)),
        (Some(before), None) => format!("{} at {}", named(&before, ""), before.root),
        (Some(before), Some(after)) => {
            let mut parts = Vec::new();
            let mut part = |from: &str, to: &str| {
                if from != to {
                    parts.push(format!("{from} → {to}"));
                }
            };
            part(&before.root, &after.root);
            part(&format!("id {}", before.id), &format!("id {}", after.id));
            part(&format!("uuid {}", before.uuid), &format!("uuid {}", after.uuid));
            part(built(&before), built(&after));
            let what = if parts.is_empty() { "other members change".to_owned() } else { parts.join(", ") };
            let place = if before.root == after.root { format!(" at {}", before.root) } else { String::new() };
            format!("{}{place}: {what}", named(&before, &after.root))
        }
        (None, None) => "an entry that cannot be read".to_owned(),
    }
}

fn read(line: &str) -> Option<Told> {
    let tree = envelope::object(line.to_owned(), &Limits::default()).ok()?;
    let text = |name: &str| Some(tree.root().member(name)?.text()?.into_owned());
    Some(Told {
        id: tree.root().member("asset_id")?.raw().to_owned(),
        uuid: text("asset_uuid")?,
        root: text("root")?,
        included: tree.root().member("included_in_build").is_none_or(|member| member.raw() != "false"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{entry_line, with_member};

    const UUID: &str = "6f0f7f0e-5b0c-4b54-9c1f-0d5f4f3f9c55";

    fn told(before: Option<&str>, after: Option<&str>) -> String {
        let change = EntryChange { before: before.map(str::to_owned), after: after.map(str::to_owned) };
        entry_told(&change, &|root| (root == "ui/atlas").then(|| "ui_atlas".to_owned()))
    }

    #[test]
    fn a_change_is_told_in_words() {
        let line = entry_line(3, UUID, true, "ui/atlas");
        let excluded = with_member(&line, "included_in_build", "false");
        let moved = with_member(&line, "root", "\"ui/sheet\"");
        assert_eq!(told(None, Some(&line)), "asset 3 `ui_atlas` at ui/atlas, included in builds");
        assert_eq!(told(Some(&line), None), "asset 3 `ui_atlas` at ui/atlas");
        let both = "asset 3 `ui_atlas` at ui/atlas: included in builds → excluded from builds";
        assert_eq!(told(Some(&line), Some(&excluded)), both);
        assert_eq!(told(Some(&line), Some(&moved)), "asset 3 `ui_atlas`: ui/atlas → ui/sheet");
        assert_eq!(told(Some(&moved), Some(&line)), "asset 3 `ui_atlas`: ui/sheet → ui/atlas");
    }
}
