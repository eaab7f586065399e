//! A store whose process crashes and whose disk fails and stalls, as a seed decides.
//!
//! Disk and process are apart: [`Simulated`] is the process's hold on a disk, [`Simulated::restart`]
//! is what the next process finds there. The old hold stays crashed, so that nothing left over from
//! the old process can write.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::{
    Error, ExecutionQuery, ExecutionRow, JournalRecord, Kind, Memory, StatusCounts, Store, Write,
};

/// How likely each fault is at a commit, in thousandths.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// The process crashes before the batch is durable: a restart does not find it.
    pub crash_before: u32,
    /// The process crashes after the batch is durable, before that is known: a restart finds it.
    pub crash_after: u32,
    /// The disk refuses the batch, and the process lives on. Until the next commit succeeds the
    /// refused batch may lie complete on the disk: a restart finds it or not.
    pub fail: u32,
    /// The disk takes long; how long is told to the hook.
    pub slow: u32,
    /// The longest a slow commit takes.
    pub slowest: Duration,
}

/// Told how long a commit takes, before it takes effect. The caller lets its own clock pass.
pub type SlowHook = Box<dyn Fn(Duration) + Send + Sync>;

/// A process's hold on a simulated disk.
pub struct Simulated {
    disk: Arc<Memory>,
    faults: Faults,
    slow: SlowHook,
    process: Mutex<Process>,
}

struct Process {
    random: Random,
    crashed: bool,
    commits: u64,
    plan: Option<(u64, Crash)>,
    /// The batch that was refused last, if no commit has succeeded since.
    refused: Option<Vec<Write>>,
}

/// On which side of becoming durable a crash falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// The batch is lost.
    Before,
    /// The batch is kept, but its caller never learns of it.
    After,
}

/// What happens to a batch.
enum Fate {
    Kept,
    Refused,
    Crash(Crash),
}

impl Simulated {
    /// A process on an empty disk; everything that goes wrong follows from `seed`.
    #[must_use]
    pub fn new(seed: u64, faults: Faults, slow: SlowHook) -> Self {
        Self::on(Arc::new(Memory::new()), Random(seed), faults, slow)
    }

    /// A process on an empty disk where nothing goes wrong but what is asked for.
    #[must_use]
    pub fn faultless() -> Self {
        Self::new(0, Faults::default(), Box::new(|_| {}))
    }

    fn on(disk: Arc<Memory>, random: Random, faults: Faults, slow: SlowHook) -> Self {
        let process = Process { random, crashed: false, commits: 0, plan: None, refused: None };
        Self { disk, faults, slow, process: Mutex::new(process) }
    }

    /// Crashes the process between two commits.
    pub fn crash(&self) {
        self.crash_now(&mut self.process());
    }

    /// Crashes the process at its `commit`-th commit from now, counted from 1.
    pub fn crash_at(&self, commit: u64, crash: Crash) {
        let mut process = self.process();
        process.plan = Some((process.commits.saturating_add(commit), crash));
    }

    /// Whether the process has crashed.
    #[must_use]
    pub fn crashed(&self) -> bool {
        self.process().crashed
    }

    /// Crashes this process, if it has not, and starts the next one on what the disk holds.
    #[must_use]
    pub fn restart(&self, slow: SlowHook) -> Self {
        let mut process = self.process();
        self.crash_now(&mut process);
        let random = Random(process.random.next());
        Self::on(Arc::clone(&self.disk), random, self.faults, slow)
    }

    fn process(&self) -> MutexGuard<'_, Process> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A batch that was refused last may be on the disk all the same.
    fn crash_now(&self, process: &mut Process) {
        if process.crashed {
            return;
        }
        process.crashed = true;
        if let Some(batch) = process.refused.take()
            && process.random.one_of_two()
        {
            // It was refused by the disk, not by the store: it is a good batch.
            let _ = self.disk.commit(&batch);
        }
    }

    fn read<T>(&self, read: impl FnOnce(&Memory) -> Result<T, Error>) -> Result<T, Error> {
        if self.crashed() { Err(Error::Crashed) } else { read(&self.disk) }
    }
}

impl Process {
    fn fate(&mut self, faults: &Faults) -> Fate {
        self.commits += 1;
        if let Some((commit, crash)) = self.plan
            && commit == self.commits
        {
            return Fate::Crash(crash);
        }
        let drawn = self.random.below(1000);
        let mut bound = 0;
        for (likely, fate) in [
            (faults.crash_before, Fate::Crash(Crash::Before)),
            (faults.crash_after, Fate::Crash(Crash::After)),
            (faults.fail, Fate::Refused),
        ] {
            bound += u64::from(likely);
            if drawn < bound {
                return fate;
            }
        }
        Fate::Kept
    }

    fn delay(&mut self, faults: &Faults) -> Option<Duration> {
        let slow = self.random.below(1000) < u64::from(faults.slow);
        let longest = u64::try_from(faults.slowest.as_micros()).unwrap_or(u64::MAX);
        slow.then(|| Duration::from_micros(self.random.below(longest.max(1)) + 1))
    }
}

impl Store for Simulated {
    fn commit(&self, batch: &[Write]) -> Result<(), Error> {
        let delay = self.process().delay(&self.faults);
        if let Some(delay) = delay {
            (self.slow)(delay);
        }
        let mut process = self.process();
        if process.crashed {
            return Err(Error::Crashed);
        }
        match process.fate(&self.faults) {
            Fate::Kept => {
                self.disk.commit(batch)?;
                process.refused = None;
                Ok(())
            }
            Fate::Refused => {
                process.refused = Some(batch.to_vec());
                let detail = "simulated disk error".to_owned();
                Err(Error::NotCommitted { path: "simulated".into(), detail })
            }
            Fate::Crash(crash) => {
                if crash == Crash::After {
                    self.disk.commit(batch)?;
                    process.refused = None;
                }
                self.crash_now(&mut process);
                Err(Error::Crashed)
            }
        }
    }

    fn document(&self, kind: Kind, key: &str) -> Result<Option<Vec<u8>>, Error> {
        self.read(|disk| disk.document(kind, key))
    }

    fn documents_from(
        &self,
        kind: Kind,
        after: Option<&str>,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, Error> {
        self.read(|disk| disk.documents_from(kind, after, prefix, limit))
    }

    fn execution(&self, id: i64) -> Result<Option<ExecutionRow>, Error> {
        self.read(|disk| disk.execution(id))
    }

    fn find_execution(&self, machine: i64, name: &str) -> Result<Option<ExecutionRow>, Error> {
        self.read(|disk| disk.find_execution(machine, name))
    }

    fn list_executions(&self, query: &ExecutionQuery) -> Result<Vec<ExecutionRow>, Error> {
        self.read(|disk| disk.list_executions(query))
    }

    fn count_executions(&self, query: &ExecutionQuery) -> Result<StatusCounts, Error> {
        self.read(|disk| disk.count_executions(query))
    }

    fn open_executions(
        &self,
        visit: &mut dyn FnMut(ExecutionRow) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.read(|disk| disk.open_executions(visit))
    }

    fn journal(
        &self,
        execution: i64,
        events: RangeInclusive<u64>,
    ) -> Result<Vec<JournalRecord>, Error> {
        self.read(|disk| disk.journal(execution, events))
    }

    fn journal_last(&self, execution: i64) -> Result<Option<JournalRecord>, Error> {
        self.read(|disk| disk.journal_last(execution))
    }

    fn closed_before(&self, stop_ms: i64, limit: usize) -> Result<Vec<i64>, Error> {
        self.read(|disk| disk.closed_before(stop_ms, limit))
    }

    fn revisions(&self) -> Result<BTreeSet<i64>, Error> {
        self.read(Store::revisions)
    }

    fn max_execution_id(&self) -> Result<i64, Error> {
        self.read(Store::max_execution_id)
    }

    fn size_bytes(&self) -> Result<u64, Error> {
        self.read(Store::size_bytes)
    }
}

/// splitmix64: small, seeded, and its own sequence for every seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }

    fn one_of_two(&mut self) -> bool {
        self.next() & 1 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::{Dump, batches, dump};

    /// What a store holds after the first `count` sample batches.
    fn after(count: usize) -> Dump {
        let store = Memory::new();
        for batch in batches().iter().take(count) {
            store.commit(batch).unwrap();
        }
        dump(&store)
    }

    fn quiet() -> SlowHook {
        Box::new(|_| {})
    }

    #[test]
    fn passes_the_store_suite() {
        crate::suite::run(|| Box::new(Simulated::faultless()));
    }

    #[test]
    fn a_crash_at_any_commit_keeps_its_batch_whole_or_not_at_all() {
        let batches = batches();
        for at in 1..=batches.len() {
            for (crash, kept) in [(Crash::Before, at - 1), (Crash::After, at)] {
                let store = Simulated::faultless();
                store.crash_at(at as u64, crash);
                let acknowledged = batches.iter().take_while(|batch| store.commit(batch).is_ok());
                assert_eq!(acknowledged.count(), at - 1);
                assert!(store.crashed());
                assert!(matches!(store.max_execution_id(), Err(Error::Crashed)));
                let next = store.restart(quiet());
                assert_eq!(dump(&next), after(kept), "{crash:?} commit {at}");
                // What is left of the old process cannot write into the new one's data.
                assert!(matches!(store.commit(&batches[0]), Err(Error::Crashed)));
                assert_eq!(dump(&next), after(kept));
                for batch in &batches[kept..] {
                    next.commit(batch).unwrap();
                }
                assert_eq!(dump(&next), after(batches.len()));
            }
        }
    }

    #[test]
    fn seeded_faults_lose_nothing_that_was_acknowledged() {
        let faults = Faults {
            crash_before: 60,
            crash_after: 60,
            fail: 100,
            slow: 200,
            slowest: Duration::from_millis(50),
        };
        let (mut crashes, mut failures, mut revived) = (0, 0, 0);
        for seed in 0..300 {
            let mut store = Simulated::new(seed, faults, quiet());
            let (mut done, mut failed) = (0, false);
            while let Some(batch) = batches().get(done) {
                match store.commit(batch) {
                    Ok(()) => (done, failed) = (done + 1, false),
                    Err(Error::NotCommitted { .. }) => {
                        (failures, failed) = (failures + 1, true);
                        assert_eq!(dump(&store), after(done));
                    }
                    Err(_) => {
                        crashes += 1;
                        store = store.restart(quiet());
                        let found = dump(&store);
                        if found == after(done + 1) {
                            revived += u32::from(failed);
                            done += 1;
                        } else {
                            assert_eq!(found, after(done), "seed {seed}");
                        }
                        failed = false;
                    }
                }
            }
        }
        assert!(crashes > 100 && failures > 100 && revived > 5, "{crashes} {failures} {revived}");
    }

    #[test]
    fn one_seed_is_one_course_of_events() {
        let course = |seed| {
            let delays = Arc::new(Mutex::new(Vec::new()));
            let hook = Arc::clone(&delays);
            let slowest = Duration::from_secs(1);
            let faults = Faults { fail: 300, slow: 500, slowest, ..Faults::default() };
            let store = Simulated::new(
                seed,
                faults,
                Box::new(move |delay| hook.lock().unwrap().push(delay)),
            );
            let answers: Vec<_> = batches().iter().map(|b| store.commit(b).is_ok()).collect();
            let delays = delays.lock().unwrap().clone();
            assert!(delays.iter().all(|delay| *delay <= slowest && !delay.is_zero()));
            (answers, delays)
        };
        assert_eq!(course(7), course(7));
        assert_ne!(course(7), course(8));
    }
}
