//! Random sequences of mutations, undos, interruptions and edits by hand, on a model of a few lines and on the packer with
//! its disk in memory. They agree after every step; no id is issued twice; no file is lost; and `doctor` says so exactly
//! when registry and disk do not fit together.
//!
//! `PROMETEU_SECONDS` is how long it goes on, 10 unless it is given; `PROMETEU_SEED` is where it begins, and repeats what
//! failed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod moves;
mod predict;
mod world;

use crash_simulator::project::on_medium;
use moves::{Edit, Mutation, Step};
use predict::{Done, Known, after, predict};
use prometeu_packer::disk::memory::{Fault, MemoryDisk};
use prometeu_packer::report::{OperationResult, Report};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use world::{File, World};

/// Sequences of one seed.
const SEQUENCES: u32 = 32;

#[test]
fn the_packer_does_what_the_model_says() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let until = Instant::now() + Duration::from_secs(number("PROMETEU_SECONDS").unwrap_or(10));
    let first = number("PROMETEU_SEED").unwrap_or(1);
    let mut told = BTreeMap::new();
    for seed in first.. {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let config =
            Config { cases: SEQUENCES, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
        let count = std::cell::RefCell::new(BTreeMap::new());
        let result = runner.run(&moves::steps(), |steps| play(&steps, &count));
        if let Err(failure) = result {
            panic!("PROMETEU_SEED={seed} repeats it: {failure}");
        }
        for (what, times) in count.into_inner() {
            *told.entry(what).or_insert(0) += times;
        }
        if Instant::now() > until && seed > first {
            break;
        }
    }
    // Sequences that are refused altogether would agree about nothing.
    for what in
        ["Register", "Adopt", "Forget", "Remove", "Quarantine", "Restore", "Relocate", "Rename", "Include", "Undo"]
    {
        for how in ["done", "refused"] {
            assert!(told.get(&format!("{what} {how}")).is_some_and(|times| *times > 0), "no {what} {how}: {told:?}");
        }
    }
    assert!(told["cut: as before"] > 0 && told["cut: as after"] > 0 && told["inconsistent"] > 0, "{told:?}");
}

type Count = std::cell::RefCell<BTreeMap<String, u32>>;

struct Game<'a> {
    disk: MemoryDisk,
    world: World,
    history: Vec<Done>,
    /// Who ever had an id.
    issued: BTreeMap<u64, String>,
    count: &'a Count,
}

fn play(steps: &[Step], count: &Count) -> Result<(), TestCaseError> {
    let disk = moves::project();
    let world = World::read(&disk.snapshot());
    let mut game = Game { disk, world, history: Vec::new(), issued: BTreeMap::new(), count };
    for (at, step) in steps.iter().enumerate() {
        match step {
            Step::Whole(mutation) => game.mutate(at, mutation, None)?,
            Step::Cut(mutation, operation, seed) => game.mutate(at, mutation, Some((*operation, *seed)))?,
            Step::Hand(edit) => game.edit(edit),
        }
        game.check()?;
    }
    Ok(())
}

impl Game<'_> {
    fn told(&self, what: &str) {
        *self.count.borrow_mut().entry(what.to_owned()).or_insert(0) += 1;
    }

    fn edit(&mut self, edit: &Edit) {
        self.disk = moves::by_hand(&self.disk, edit);
        self.world = World::read(&self.disk.snapshot());
    }

    fn mutate(
        &mut self,
        at: usize,
        mutation: &Mutation,
        cut: Option<(usize, Option<u64>)>,
    ) -> Result<(), TestCaseError> {
        let (id, uuid) = (format!("20260301T{at:06}Z-{at:08x}"), format!("0c6e8a5e-3c0e-4f57-8d0b-{at:012x}"));
        let snapshot = self.disk.snapshot();
        let known = Known { world: &self.world, disk: &snapshot, history: &self.history, id: &id, uuid: &uuid };
        let predicted = predict(&known, mutation);
        let last: Vec<String> = self.history.iter().map(|done| done.id.clone()).collect();
        let command = |agreed| moves::command(&self.disk, mutation, &self.world, &last, &id, &uuid, agreed);

        let preview = command(None);
        expect(preview.exit() == 0, predicted.is_some(), "the preview", &preview)?;
        let agreed = match &preview.result {
            OperationResult::Mutation(result) if preview.exit() == 0 => Some(result.preview_id.clone()),
            _ => None,
        };
        if World::read(&self.disk.snapshot()) != self.world {
            return fail("a preview changed something", &preview);
        }
        if let Some((thousandths, _)) = cut {
            let whole = self.disk.killed();
            let _ = moves::command(&whole, mutation, &self.world, &last, &id, &uuid, Some(agreed.clone()));
            let operations = whole.operations().len();
            // Most of them only look; the square leads to those that change something, which are the last.
            let left = operations * thousandths * thousandths / 1_000_000;
            let so_far = self.disk.operations().len();
            self.disk.fail_at(so_far + operations.saturating_sub(left).max(1), Fault::Stop);
        }
        let report = command(Some(agreed));
        let wanted = predicted.as_ref().map_or_else(|| self.world.clone(), |changes| after(&self.world, changes));
        let done = Done { id: id.clone(), changes: predicted.clone().unwrap_or_default() };
        let name = format!("{mutation:?}");
        let name = name.split('(').next().unwrap_or_default();
        if let Some((_, seed)) = cut {
            // What a killed process leaves unflushed, and a later power loss, is the matter of the simulator's own runs.
            let killed = || on_medium(&self.disk.snapshot());
            self.disk = seed.map_or_else(killed, |seed| self.disk.crash(seed));
            let next = moves::list(&self.disk);
            expect(next.exit() == 0, true, "the next command", &next)?;
            let found = World::read(&self.disk.snapshot());
            if found == self.world {
                self.told("cut: as before");
            } else if found == wanted {
                self.told("cut: as after");
                self.history.push(done);
            } else {
                let [before, after] = [&self.world, &wanted].map(|world| world.difference(&found));
                return fail(&format!("torn; from before:{before}\nfrom after:{after}\n"), &report);
            }
            self.world = found;
            return Ok(());
        }
        expect(report.exit() == 0, predicted.is_some(), "the command", &report)?;
        let found = World::read(&self.disk.snapshot());
        if found != wanted {
            return fail(&format!("from the model to the packer:{}\n", wanted.difference(&found)), &report);
        }
        if !done.changes.is_empty() {
            self.history.push(done);
        }
        self.told(&format!("{name} {}", if predicted.is_some() { "done" } else { "refused" }));
        self.check_files(&found)?;
        self.world = found;
        Ok(())
    }

    /// No mutation makes or loses a file that is no declaration: its bytes are in the tree, in quarantine, or kept.
    fn check_files(&self, found: &World) -> Result<(), TestCaseError> {
        let counted = |world: &World| {
            let mut bytes: BTreeMap<String, u32> = BTreeMap::new();
            for file in world.files.values() {
                if let File::Bytes(content) = file {
                    *bytes.entry(content.clone()).or_default() += 1;
                }
            }
            bytes
        };
        if counted(found) == counted(&self.world) {
            Ok(())
        } else {
            Err(TestCaseError::fail("a file was lost or made"))
        }
    }

    fn check(&mut self) -> Result<(), TestCaseError> {
        for row in self.world.rows.iter().chain(self.world.quarantined.values()) {
            let had = self.issued.entry(row.id).or_insert_with(|| row.uuid.clone());
            if *had != row.uuid {
                return Err(TestCaseError::fail(format!("id {} was {had} and is {}", row.id, row.uuid)));
            }
        }
        let highest = self.issued.keys().last().copied().unwrap_or_default();
        if self.world.next <= highest {
            return Err(TestCaseError::fail(format!("next is {}, and {highest} was issued", self.world.next)));
        }
        let doctor = moves::doctor(&self.disk);
        if !self.world.is_consistent() {
            self.told("inconsistent");
        }
        expect(doctor.exit() == 0, self.world.is_consistent(), "doctor, of what is consistent,", &doctor)
    }
}

fn expect(found: bool, wanted: bool, what: &str, report: &Report) -> Result<(), TestCaseError> {
    match found == wanted {
        true => Ok(()),
        false => fail(&format!("{what} should {}", if wanted { "succeed" } else { "be refused" }), report),
    }
}

fn fail(why: &str, report: &Report) -> Result<(), TestCaseError> {
    let findings: Vec<String> =
        report.findings.iter().map(|finding| format!("{}: {}", finding.code.as_str(), finding.message)).collect();
    Err(TestCaseError::fail(format!("{why}; `{}` exits {}: {}", report.operation, report.exit(), findings.join("; "))))
}
