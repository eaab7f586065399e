//! Measures the embedded store: CPU per execution by batch size, bytes on disk, read latencies.
//!
//! `cargo run --release -p store --example bench -- [directory] [executions] [batch,sizes]`

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use store::{
    Cursor, ExecutionQuery, ExecutionRow, JournalRecord, Scope, Sqlite, Status, Store, Write,
};

/// Records of 500–900 bytes, as an execution of five states writes them.
const BODY_BYTES: std::ops::Range<u64> = 500..900;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let root = arguments.next().map_or_else(
        || std::env::temp_dir().join(format!("store-bench-{}", std::process::id())),
        PathBuf::from,
    );
    let executions: i64 = arguments.next().map_or(100_000, |text| text.parse().unwrap());
    println!("{executions} executions, closed when inserted, one journal record each");
    println!(
        "batch   CPU µs/execution   wall µs/execution   commit p50/p99/max ms   bytes/execution"
    );
    let batches = arguments.next().map_or(vec![1, 16, 64, 256, 1000], |text| {
        text.split(',').map(|size| size.parse().unwrap()).collect()
    });
    for batch in batches {
        let directory = root.join(format!("batch-{batch}"));
        let count = if batch == 1 { executions / 10 } else { executions };
        write_closed(&directory, batch, count);
        if batch == 64 {
            reads(&directory, count);
        }
        std::fs::remove_dir_all(&directory).unwrap();
    }
    live(&root.join("live"), executions / 5);
    std::fs::remove_dir_all(&root).unwrap();
}

/// Executions that are inserted when they are over, in batches.
fn write_closed(directory: &Path, batch: i64, count: i64) {
    let batches = || {
        let mut random = Random(1);
        (1..=count).step_by(usize::try_from(batch).unwrap()).map(move |first| {
            let ids = first..(first + batch).min(count + 1);
            ids.flat_map(|id| {
                let row = row(id, Status::Succeeded, &mut random);
                [Write::PutExecution(row), Write::Append(record(id, 0, &mut random))]
            })
            .collect::<Vec<_>>()
        })
    };
    let before = process_cpu();
    batches().for_each(drop);
    let making = process_cpu() - before;

    let before = process_cpu();
    let store = Sqlite::open(directory).unwrap();
    let mut commits = Vec::new();
    for writes in batches() {
        let before = Instant::now();
        store.commit(&writes).unwrap();
        commits.push(before.elapsed());
    }
    // What the checkpoint thread does, and what closing leaves to do, belongs to the price.
    let size = store.size_bytes().unwrap();
    drop(store);
    let cpu = (process_cpu() - before).saturating_sub(making);
    let wall = commits.iter().sum();
    println!(
        "{batch:5}   {:16.1}   {:17.1}   {:>21}   {:15}",
        per(cpu, count),
        per(wall, count),
        percentiles(&mut commits),
        size / u64::try_from(count).unwrap(),
    );
}

/// Executions that live through five records each, many at a time in turn.
fn live(directory: &Path, count: i64) {
    const BATCH: usize = 100;
    const RECORDS: u32 = 5;
    let store = Sqlite::open(directory).unwrap();
    let (mut random, mut commits, mut writes) = (Random(2), Vec::new(), Vec::new());
    let rows: Vec<_> = (1..=count).map(|id| row(id, Status::Running, &mut random)).collect();
    let (mut wall, mut steps) = (Duration::ZERO, 0);
    let before = process_cpu();
    for seq in 0..RECORDS {
        for chunk in rows.chunks(BATCH) {
            writes.clear();
            for row in chunk {
                let mut row = row.clone();
                if seq + 1 == RECORDS {
                    row.status = Status::Succeeded;
                    row.stop = Some(row.start + 10_000);
                }
                writes.push(Write::Append(record(row.id, seq, &mut random)));
                writes.push(Write::PutExecution(row));
                steps += 1;
            }
            let before = Instant::now();
            store.commit(&writes).unwrap();
            wall += before.elapsed();
            commits.push(before.elapsed());
        }
    }
    println!("\n{count} live executions in turn, {RECORDS} records each, batches of {BATCH}:");
    println!(
        "  {:.1} µs CPU, {:.1} µs wall per record with its row; commit p50/p99/max {} ms",
        per(process_cpu() - before, steps),
        per(wall, steps),
        percentiles(&mut commits)
    );
    let before = process_cpu();
    let mut seen = 0;
    while let Ok(ids) = store.closed_before(i64::MAX, 100) {
        if ids.is_empty() {
            break;
        }
        seen += i64::try_from(ids.len()).unwrap();
        let deletes: Vec<_> = ids.into_iter().map(|id| Write::DeleteExecution { id }).collect();
        store.commit(&deletes).unwrap();
    }
    println!("  CPU {:.1} µs per deleted execution", per(process_cpu() - before, seen));
}

fn reads(directory: &Path, count: i64) {
    let store = Sqlite::open(directory).unwrap();
    let mut names = Random(1);
    let known: Vec<_> = (1..=count)
        .map(|id| {
            let name = row(id, Status::Succeeded, &mut names).name;
            record(id, 0, &mut names);
            name
        })
        .collect();
    let mut pick = Random(4);
    let mut id = || i64::try_from(pick.below(u64::try_from(count).unwrap())).unwrap() + 1;
    time("execution by id", 20_000, || drop(store.execution(id()).unwrap().unwrap()));
    time("execution by name", 20_000, || {
        let id = id();
        let name = &known[usize::try_from(id - 1).unwrap()];
        assert_eq!(store.find_execution(machine(id), name).unwrap().unwrap().id, id);
    });
    time("journal of an execution", 20_000, || {
        assert_eq!(store.journal(id(), 0..=u64::MAX).unwrap().len(), 1);
    });
    let newest = ExecutionQuery::newest(Scope::Machine(1), 100);
    time("newest 100 of a machine", 2_000, || {
        assert_eq!(store.list_executions(&newest).unwrap().len(), 100);
    });
    let middle = store.execution(count / 2).unwrap().unwrap();
    let after = ExecutionQuery { after: Some(Cursor::at(&middle)), ..newest.clone() };
    time("100 from the middle", 2_000, || {
        assert_eq!(store.list_executions(&after).unwrap().len(), 100);
    });
    let failed = ExecutionQuery { status: Some(Status::Failed), ..newest.clone() };
    time("100 failed of none", 2_000, || {
        assert_eq!(store.list_executions(&failed).unwrap().len(), 0);
    });
    time("count of a machine", 100, || _ = store.count_executions(&newest).unwrap());
    time("open executions of none", 2_000, || store.open_executions(&mut |_| Ok(())).unwrap());
}

fn time(what: &str, times: i64, mut run: impl FnMut()) {
    run();
    let before = Instant::now();
    for _ in 0..times {
        run();
    }
    println!("        read: {what:24} {:8.1} µs", per(before.elapsed(), times));
}

fn machine(id: i64) -> i64 {
    id % 10
}

fn row(id: i64, status: Status, random: &mut Random) -> ExecutionRow {
    let (high, low) = (random.next(), random.next());
    let start = 1_790_000_000_000 + id / 10;
    ExecutionRow {
        id,
        machine: machine(id),
        revision: 3,
        name: format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            high >> 32,
            high & 0xffff,
            (high >> 16) & 0xfff,
            low >> 52,
            low & 0xffff_ffff_ffff
        )
        .into(),
        status,
        start,
        stop: (status != Status::Running).then_some(start + 12),
        last_event: 12,
        version: None,
        alias: None,
        map_run: None,
        item_count: None,
        redrive_count: 0,
        redrive: None,
        express: false,
        trace_header: None,
    }
}

fn record(execution: i64, seq: u32, random: &mut Random) -> JournalRecord {
    let length = BODY_BYTES.start + random.below(BODY_BYTES.end - BODY_BYTES.start);
    let first_event = u64::from(seq) * 12 + 1;
    let body = vec![b'x'; usize::try_from(length).unwrap()];
    JournalRecord { execution, seq, first_event, last_event: first_event + 11, body }
}

fn per(time: Duration, count: i64) -> f64 {
    time.as_secs_f64() * 1e6 / count as f64
}

fn percentiles(times: &mut [Duration]) -> String {
    times.sort();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    format!("{:.2}/{:.2}/{:.2}", at(0.5), at(0.99), at(1.0))
}

/// The CPU time this process has used, every thread, user and system, in steps of 10 ms (Linux).
fn process_cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap();
    // The fields follow the program's name, which is in parentheses.
    let fields: Vec<&str> = text.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

/// splitmix64
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
        self.next() % bound
    }
}
