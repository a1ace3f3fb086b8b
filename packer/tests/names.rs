//! One table of names, one verdict each, whatever the system is. The same table goes through the whole program with the
//! hostile kit.

use fixtures::names::{VERDICTS, Verdict, lengths};
use prometeu_packer::path::{PathFault, PortablePath, fold};

#[test]
fn every_name_has_its_verdict_on_every_system() {
    let root = PortablePath::assets().join("ui").expect("a plain name");
    let listed = VERDICTS.iter().map(|(name, verdict)| ((*name).to_owned(), *verdict));
    for (name, expected) in listed.chain(lengths()) {
        // That a declaration is no input is a rule for inputs, not for names.
        let is_declaration = name.rsplit('/').next().is_some_and(|last| fold(last) == "asset.json");
        let found = match root.join(&name) {
            Ok(_) if is_declaration => Verdict::Reserved,
            Ok(path) => {
                assert_eq!(path.as_str(), format!("assets/ui/{name}"), "a name is kept as it is");
                Verdict::Portable
            }
            Err(PathFault::OutsideRoot(_)) => Verdict::Outside,
            Err(PathFault::NotPortable(_)) => Verdict::NotPortable,
            Err(PathFault::Reserved(_)) => Verdict::Reserved,
        };
        assert_eq!(found, expected, "{}", name.escape_debug());
    }
}
