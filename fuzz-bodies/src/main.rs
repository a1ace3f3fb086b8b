//! Writes the seeds of every target, one folder each, for a fuzzer to begin with.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).ok_or("give the folder to write to")?;
    for target in fuzz_bodies::TARGETS {
        let place = folder.join(target.name);
        fs::create_dir_all(&place)?;
        for (at, seed) in fuzz_bodies::seeds(target.name).into_iter().enumerate() {
            fs::write(place.join(format!("seed-{at:03}")), seed)?;
        }
    }
    Ok(())
}
