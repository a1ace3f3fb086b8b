//! What is said of a journal: it is never thrown away by a packer that cannot read it.

use crate::{
    ACTING, CHANGING, JOURNAL, LISTING, LOOKING, PAST, TABLES, UI, answers, codes, commands, edit, project, put, run,
    unchanged,
};

#[test]
fn a_journal_of_an_unfinished_transaction_stops_everything_and_stays() {
    for path in [JOURNAL, "build/.staging/20261101T120000.000Z-00000001/journal.json"] {
        let project = project();
        let project = project.path();
        for answer in answers("journal.json", 1, 1) {
            put(project, path, answer.file());
            let floor = answer.floor.as_ref();
            answer.check(&unchanged(project, &["doctor"], floor, 3), path, true);
            if !answer.is_typical {
                continue;
            }
            for command in commands(&[&LISTING, &LOOKING, &ACTING, &CHANGING, &PAST]) {
                let report = unchanged(project, command, floor, 3);
                answer.check(&report, path, true);
                let is_check = command.contains(&"--check");
                assert_eq!(codes(&report).contains(&"journal/unfinished"), is_check, "{command:?} {report:#}");
            }
            for command in TABLES {
                unchanged(project, command, floor, 0);
            }
        }
    }
}

#[test]
fn a_journal_of_a_finished_transaction_is_kept_for_the_packer_that_wrote_it() {
    let project = project();
    let project = project.path();
    put(project, &JOURNAL.replace("journal.json", "committed"), "");
    for answer in answers("journal.json", 1, 1).into_iter().filter(|answer| answer.is_typical) {
        put(project, JOURNAL, answer.file());
        // Left by a clean-up that was cut short, or not: only its own packer knows.
        put(project, &JOURNAL.replace("journal.json", "new-0"), "what is it?");
        let floor = answer.floor.as_ref();
        for command in [&["list"][..], &["doctor"], &["build", "--check"], &["migrate", "--check"], &["recover"]] {
            assert!(codes(&unchanged(project, command, floor, 0)).is_empty(), "{command:?}");
        }
        for command in &PAST[..5] {
            answer.check(&unchanged(project, command, floor, 3), JOURNAL, true);
        }
    }
    // Ten newer ones push out the oldest of this packer, and never another packer's.
    let at = |number: u32| format!("assets/.prometeu/txn/20261102T120000.000Z-{number:08}/journal.json");
    for number in 0..12 {
        let journal = "{\"schema_version\": 1, \"operation\": \"migrate\", \"time\": \"\", \"changes\": []}";
        put(project, &at(number), journal);
        put(project, &at(number).replace("journal.json", "committed"), "");
    }
    put(project, JOURNAL, "{\"schema_version\": 2}");
    edit(project, UI, "\"schema_version\": 3", "\"schema_version\": 2");
    run(project, &["migrate", "--apply"], None, 0);
    assert!(!project.join(at(0)).exists(), "nothing was pushed out");
    assert!(project.join(JOURNAL).exists(), "a journal that nobody here can read was discarded");
}
