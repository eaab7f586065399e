//! Journal records: every kind of event comes back as it went in, and bytes that are none are told.

use super::*;
use crate::event::{MapStart, Reply, Scheduled};

/// splitmix64.
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

    /// A number of any magnitude, the extremes among them.
    fn number(&mut self) -> u64 {
        match self.below(8) {
            0 => 0,
            1 => u64::MAX,
            _ => self.next() >> self.below(64),
        }
    }

    fn small(&mut self) -> u32 {
        self.number() as u32
    }

    fn text(&mut self) -> String {
        let alphabet = ['a', 'Z', '0', '"', '\\', '\n', '\0', 'é', '漢', '😀', ' '];
        let length = self.below(12);
        (0..length).map(|_| alphabet[self.below(11) as usize]).collect()
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.below(2) == 0).then(|| make(self))
    }

    fn name(&mut self) -> SmolStr {
        self.text().into()
    }

    fn value(&mut self, depth: u32) -> value::Value {
        use value::Value;
        match self.below(if depth > 3 { 5 } else { 7 }) {
            0 => Value::Null,
            1 => Value::Bool(self.below(2) == 0),
            2 => Value::Int(self.number() as i64),
            3 => Value::Float(self.next() as f64 / 1e6),
            4 => Value::string(self.text()),
            5 => Value::array((0..self.below(4)).map(|_| self.value(depth + 1)).collect()),
            _ => {
                let pairs = (0..self.below(4)).map(|_| (self.name(), self.value(depth + 1)));
                Value::object(pairs.collect::<Vec<_>>())
            }
        }
    }

    /// A new payload, or one that was used before.
    fn payload(&mut self, known: &mut Vec<Payload>) -> Payload {
        if !known.is_empty() && self.below(2) == 0 {
            return known[self.below(known.len() as u64) as usize].clone();
        }
        let payload = Payload::from_value(self.value(0));
        known.push(payload.clone());
        payload
    }

    fn failure(&mut self) -> Failure {
        Failure { error: self.maybe(Self::name), cause: self.maybe(|it| it.text().into()) }
    }

    fn scheduled(&mut self, known: &mut Vec<Payload>) -> Box<Scheduled> {
        // The greatest number stands for none beside its neighbour; no limit is near it.
        let seconds = |it: &mut Self| it.number() >> 1;
        Box::new(Scheduled {
            parameters: self.payload(known),
            timeout_seconds: self.maybe(seconds),
            heartbeat_seconds: self.maybe(seconds),
            role_arn: self.maybe(Self::name),
            nonce: u128::from(self.next()) << 64 | u128::from(self.next()),
        })
    }

    fn exited(&mut self, known: &mut Vec<Payload>) -> EventKind {
        EventKind::StateExited {
            output: self.payload(known),
            assigned: (0..self.below(3)).map(|_| (self.name(), self.value(0))).collect(),
            next: self.maybe(|it| StateId(it.small())),
        }
    }

    fn map_start(&mut self, known: &mut Vec<Payload>) -> Box<MapStart> {
        Box::new(MapStart {
            items: self.payload(known),
            length: self.small(),
            max_concurrency: self.small(),
            tolerated_failure_count: self.number(),
            tolerated_failure_percentage: self.below(101) as f64 / 3.0,
        })
    }

    /// An event of the kind that is written as `tag`.
    fn kind(&mut self, tag: u8, known: &mut Vec<Payload>) -> EventKind {
        match tag {
            1 => EventKind::ExecutionStarted { input: self.payload(known) },
            2 => EventKind::ExecutionSucceeded { output: self.payload(known) },
            3 => EventKind::ExecutionFailed(self.failure()),
            4 => EventKind::ExecutionAborted(self.failure()),
            5 => EventKind::ExecutionTimedOut(self.failure()),
            6 => EventKind::ExecutionRedriven { redrive_count: self.small() },
            7 => EventKind::StateEntered { input: self.payload(known) },
            8 => self.exited(known),
            9 => EventKind::StateAborted,
            10 => EventKind::EvaluationFailed {
                failure: self.failure(),
                location: self.maybe(Self::name),
            },
            11 => EventKind::TaskScheduled(self.scheduled(known)),
            12 => EventKind::TaskStarted { worker: self.maybe(Self::name) },
            13 => EventKind::TaskStartFailed(self.failure()),
            14 => EventKind::TaskSubmitted { output: self.payload(known) },
            15 => EventKind::TaskSubmitFailed(self.failure()),
            16 => EventKind::TaskSucceeded { output: self.payload(known) },
            17 => EventKind::TaskFailed(self.failure()),
            18 => EventKind::TaskTimedOut(self.failure()),
            19 => EventKind::ParallelStarted { input: self.payload(known) },
            20 => EventKind::ParallelSucceeded,
            21 => EventKind::ParallelFailed,
            22 => EventKind::MapStarted(self.map_start(known)),
            23 => {
                let index = self.small();
                EventKind::MapIterationStarted { index, input: self.payload(known) }
            }
            24 => EventKind::MapIterationSucceeded { index: self.small() },
            25 => EventKind::MapIterationFailed { index: self.small() },
            26 => EventKind::MapIterationAborted { index: self.small() },
            27 => EventKind::MapSucceeded,
            28 => EventKind::MapFailed,
            29 => EventKind::MapRunStarted { map_run: self.name() },
            30 => EventKind::MapRunSucceeded,
            31 => EventKind::MapRunFailed(self.failure()),
            32 => EventKind::MapRunAborted,
            33 => {
                let map_run = self.name();
                EventKind::MapRunRedriven { map_run, redrive_count: self.small() }
            }
            34 => EventKind::WaitUntil { due: Timestamp(self.number() as i64) },
            35 => {
                let retrier = self.small();
                EventKind::RetryAt { retrier, due: Timestamp(self.number() as i64) }
            }
            36 => EventKind::Heartbeat,
            37 if self.below(2) == 0 => EventKind::ReplyHeld(Reply::Success(self.payload(known))),
            _ => EventKind::ReplyHeld(Reply::Failure(self.failure())),
        }
    }

    fn event(&mut self, tag: u8, known: &mut Vec<Payload>) -> Event {
        Event {
            id: self.number(),
            prev: self.number(),
            time: Timestamp(1_700_000_000_000 + self.below(1 << 40) as i64 - (1 << 39)),
            frame: FrameId(self.small()),
            state: StateId(self.small()),
            kind: self.kind(tag, known),
        }
    }
}

/// The greatest tag there is.
const KINDS: u8 = 37;

#[test]
fn every_kind_of_event_comes_back() {
    let mut random = Random(1);
    for round in 0..500 {
        let mut known = Vec::new();
        let mut events: Vec<_> = (1..=KINDS).map(|kind| random.event(kind, &mut known)).collect();
        for (event, expected) in events.iter().zip(1..) {
            assert_eq!(tag(&event.kind), expected, "the test makes another kind");
        }
        for at in 0..events.len() {
            let other = random.below(events.len() as u64) as usize;
            events.swap(at, other);
        }
        let bytes = encode(&events);
        let decoded = decode(&bytes).unwrap();
        assert_eq!(decoded, events, "in round {round}");
        assert_eq!(encode(&decoded), bytes, "in round {round}");
    }
    assert_eq!(decode(&encode(&[])).unwrap(), []);
    assert!(Reader { bytes: &[], at: 0, payloads: Vec::new() }.kind(KINDS + 1).is_err());
}

#[test]
fn a_payload_that_is_handed_on_is_written_once() {
    let text = format!("\"{}\"", "x".repeat(10_000));
    let payload = Payload::from_valid_text(text.as_str());
    let mut random = Random(2);
    let mut events: Vec<_> = (0..40).map(|_| random.event(7, &mut vec![payload.clone()])).collect();
    for event in &mut events {
        event.kind = EventKind::StateEntered { input: payload.clone() };
    }
    let bytes = encode(&events);
    assert!(bytes.len() < 12_000, "{} bytes", bytes.len());
    let decoded = decode(&bytes).unwrap();
    assert_eq!(decoded, events);
    let input = |event: &Event| match &event.kind {
        EventKind::StateEntered { input } => input.clone(),
        other => panic!("{other:?}"),
    };
    assert!(input(&decoded[0]).same(&input(&decoded[39])), "it is one document in memory, too");
}

#[test]
fn what_is_no_record_is_an_error() {
    let mut random = Random(3);
    for _ in 0..300 {
        let mut known = Vec::new();
        let events: Vec<_> = (0..random.below(6))
            .map(|_| {
                let kind = 1 + random.below(u64::from(KINDS)) as u8;
                random.event(kind, &mut known)
            })
            .collect();
        let bytes = encode(&events);
        for cut in 0..bytes.len() {
            assert!(decode(&bytes[..cut]).is_err() || events.is_empty());
        }
        // A damaged record may still read as another one, but never panics or asks for much.
        for _ in 0..40 {
            let mut damaged = bytes.clone();
            let at = random.below(damaged.len() as u64) as usize;
            damaged[at] = random.next() as u8;
            let _ = decode(&damaged);
        }
    }
    for _ in 0..20_000 {
        let length = random.below(64);
        let mut bytes: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        if let Some(first) = bytes.first_mut() {
            *first = VERSION;
        }
        let _ = decode(&bytes);
    }
    assert!(decode(&[]).is_err());
    assert!(decode(&[VERSION + 1, 0, 0]).is_err(), "from a newer version");
    let huge = [&[VERSION, 0][..], &[0xff; 9], &[1]].concat();
    assert!(decode(&huge).is_err(), "a count that nothing could hold");
}
