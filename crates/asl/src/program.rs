//! `Program`: a checked definition, compiled; immutable and shared by every execution of a revision.

use smol_str::SmolStr;
use value::{Timestamp, Value};

use crate::resource::Resource;

/// A compiled state machine. States of all blocks stand in one list; a name is unique in it.
#[derive(Clone, Debug)]
pub struct Program {
    /// The machine's `QueryLanguage`.
    pub query_language: QueryLanguage,
    /// The machine's `TimeoutSeconds`.
    pub timeout_seconds: Option<u64>,
    /// Every `States` object: the machine's own first, then those of branches and item processors.
    pub blocks: Vec<Block>,
    /// Every state, addressed by `StateId`.
    pub states: Vec<State>,
}

impl Program {
    /// The state `id`.
    pub fn state(&self, id: StateId) -> &State {
        &self.states[id.0 as usize]
    }

    /// The block `id`.
    pub fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.0 as usize]
    }

    /// The state called `name`, at any depth.
    pub fn state_named(&self, name: &str) -> Option<&State> {
        self.states.iter().find(|state| state.name == name)
    }
}

/// The place of a state in `Program::states`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StateId(pub u32);

/// The place of a block in `Program::blocks`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockId(pub u32);

impl BlockId {
    /// The machine's own `States`.
    pub const ROOT: Self = Self(0);
}

/// One `States` object.
#[derive(Clone, Debug)]
pub struct Block {
    /// `StartAt`.
    pub start: StateId,
    /// The Parallel or Map state that it belongs to; `None` for the machine's own.
    pub owner: Option<StateId>,
}

/// `QueryLanguage`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum QueryLanguage {
    JsonPath,
    Jsonata,
}

/// One state.
#[derive(Clone, Debug)]
pub struct State {
    /// Its place in `Program::states`.
    pub id: StateId,
    /// Its name.
    pub name: SmolStr,
    /// The block that it stands in.
    pub block: BlockId,
    /// Its own or the machine's `QueryLanguage`.
    pub query_language: QueryLanguage,
    /// What is particular to its type.
    pub kind: StateKind,
    /// How data flows through it.
    pub flow: Flow,
    /// State-level `Assign` (for a Choice: of the Default).
    pub assign: Vec<Assignment>,
    /// Where it leads; `None` for `End`, and for Choice, Succeed and Fail.
    pub next: Option<StateId>,
    /// `Retry`.
    pub retry: Vec<Retrier>,
    /// `Catch`.
    pub catch: Vec<Catcher>,
    /// The names of the variables that its expressions read, for `variableReferences`.
    pub variable_references: Vec<SmolStr>,
}

/// The data-flow fields. Those of the other query language are absent.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// `InputPath`.
    pub input_path: InOutPath,
    /// `Parameters` or `Arguments`. A Map's `Parameters` stand in `Map::item_selector`.
    pub parameters: Option<Template>,
    /// `ResultSelector`.
    pub result_selector: Option<Template>,
    /// `ResultPath`.
    pub result_path: ResultPath,
    /// `OutputPath`.
    pub output_path: InOutPath,
    /// `Output` (JSONata); for a Choice: of the Default.
    pub output: Option<Template>,
}

/// `InputPath` and `OutputPath`.
#[derive(Clone, Debug, Default)]
pub enum InOutPath {
    /// Absent or `$`.
    #[default]
    Whole,
    /// `null`: an empty object.
    Null,
    /// A path.
    Path(jsonpath::Path),
}

/// `ResultPath`.
#[derive(Clone, Debug, Default)]
pub enum ResultPath {
    /// Absent or `$`: the result replaces the input.
    #[default]
    Replace,
    /// `null`: the result is dropped.
    Discard,
    /// Where in the raw input it goes.
    Path(jsonpath::ReferencePath),
}

/// An expression of either language, and the field that it is in.
#[derive(Clone, Debug)]
pub struct Expression {
    /// What is evaluated.
    pub code: ExpressionCode,
    /// For messages. JSONata: the path of the field relative to the state (`Output/a/b[0]`,
    /// `Choices[1]/Condition`). JSONPath: the key as written (`value.$`, `ErrorPath`).
    pub field: SmolStr,
}

/// The code of an expression.
#[derive(Clone, Debug)]
pub enum ExpressionCode {
    /// A JSONPath path or intrinsic function call.
    JsonPath(jsonpath::Dynamic),
    /// JSONata.
    Jsonata {
        /// The expression.
        code: jsonata::Expression,
        /// Whether it may look at `$states.context`, which is dear to build.
        reads_context: bool,
    },
}

/// A JSON document with expressions in it: a JSONPath payload template or a JSONata field.
#[derive(Clone, Debug)]
pub enum Template {
    /// A part without expressions, shared as it is.
    Literal(Value),
    /// An object of which some member holds an expression; `.$` is already off the keys.
    Object(Vec<(SmolStr, Template)>),
    /// An array of which some item holds an expression.
    Array(Vec<Template>),
    /// An expression.
    Expression(Box<Expression>),
}

/// A field that is a literal or an expression that yields the like.
#[derive(Clone, Debug)]
pub enum Field<T> {
    /// The literal.
    Literal(T),
    /// A reference path (`…Path` fields, whose name is `Expression::field`) or JSONata.
    Expression(Box<Expression>),
}

/// One variable of an `Assign`.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The variable's name, without `$`.
    pub name: SmolStr,
    /// Its value.
    pub value: Template,
}

/// What is particular to a state's type.
#[derive(Clone, Debug)]
pub enum StateKind {
    /// Pass.
    Pass {
        /// `Result`, literal.
        result: Option<Value>,
    },
    /// Task.
    Task(Box<Task>),
    /// Wait.
    Wait(Wait),
    /// Choice.
    Choice {
        /// `Choices`, in order.
        rules: Vec<Rule>,
        /// `Default`.
        default: Option<StateId>,
    },
    /// Parallel.
    Parallel {
        /// `Branches`, in order.
        branches: Vec<BlockId>,
    },
    /// Map.
    Map(Box<Map>),
    /// Succeed.
    Succeed,
    /// Fail.
    Fail {
        /// `Error` or `ErrorPath`.
        error: Option<Field<SmolStr>>,
        /// `Cause` or `CausePath`.
        cause: Option<Field<SmolStr>>,
    },
}

impl StateKind {
    /// The `Type`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Pass { .. } => "Pass",
            Self::Task(_) => "Task",
            Self::Wait(_) => "Wait",
            Self::Choice { .. } => "Choice",
            Self::Parallel { .. } => "Parallel",
            Self::Map(_) => "Map",
            Self::Succeed => "Succeed",
            Self::Fail { .. } => "Fail",
        }
    }
}

/// The fields of a Task.
#[derive(Clone, Debug)]
pub struct Task {
    /// `Resource`.
    pub resource: Resource,
    /// `TimeoutSeconds` or `TimeoutSecondsPath`.
    pub timeout_seconds: Option<Field<u64>>,
    /// `HeartbeatSeconds` or `HeartbeatSecondsPath`.
    pub heartbeat_seconds: Option<Field<u64>>,
    /// `Credentials.RoleArn` (or `RoleArn.$`).
    pub role_arn: Option<Field<SmolStr>>,
}

/// The duration of a Wait.
#[derive(Clone, Debug)]
pub enum Wait {
    /// `Seconds` or `SecondsPath`.
    Seconds(Field<u64>),
    /// `Timestamp` or `TimestampPath`.
    Timestamp(Field<Timestamp>),
}

/// One of a Choice's rules.
#[derive(Clone, Debug)]
pub struct Rule {
    /// When it is taken.
    pub condition: Condition,
    /// `Next`.
    pub next: StateId,
    /// The rule's `Assign`.
    pub assign: Vec<Assignment>,
    /// The rule's `Output` (JSONata).
    pub output: Option<Template>,
}

/// A condition of a Choice rule.
#[derive(Clone, Debug)]
pub enum Condition {
    /// JSONata `Condition` given as a boolean.
    Literal(bool),
    /// JSONata `Condition`.
    Expression(Box<Expression>),
    /// `And`.
    And(Vec<Condition>),
    /// `Or`.
    Or(Vec<Condition>),
    /// `Not`.
    Not(Box<Condition>),
    /// `Variable` and its operator.
    Compare {
        /// `Variable`.
        variable: jsonpath::Path,
        /// The operator and its operand.
        comparison: Comparison,
    },
}

/// How two ordered values must stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Relation {
    Equals,
    LessThan,
    GreaterThan,
    LessThanEquals,
    GreaterThanEquals,
}

/// The operand of a comparison: a literal, or a path (`…Path` operators).
#[derive(Clone, Debug)]
pub enum Operand<T> {
    /// The literal.
    Literal(T),
    /// The path.
    Path(jsonpath::Path),
}

/// A comparison operator with its operand.
#[derive(Clone, Debug)]
pub enum Comparison {
    /// `String…`; compared by UTF-16 code units, as Java does.
    String(Relation, Operand<SmolStr>),
    /// `Numeric…`.
    Numeric(Relation, Operand<f64>),
    /// `BooleanEquals`.
    Boolean(Operand<bool>),
    /// `Timestamp…`.
    Timestamp(Relation, Operand<Timestamp>),
    /// `StringMatches`: the pattern in pieces, between which `*` stands.
    StringMatches(Vec<SmolStr>),
    /// `IsNull`.
    IsNull(bool),
    /// `IsPresent`.
    IsPresent(bool),
    /// `IsNumeric`.
    IsNumeric(bool),
    /// `IsString`.
    IsString(bool),
    /// `IsBoolean`.
    IsBoolean(bool),
    /// `IsTimestamp`.
    IsTimestamp(bool),
}

/// The fields of a Map.
#[derive(Clone, Debug)]
pub struct Map {
    /// `ItemProcessor` or `Iterator`.
    pub processor: BlockId,
    /// How the iterations run.
    pub mode: MapMode,
    /// `ItemsPath` (an expression with field `ItemsPath`) or JSONata `Items`.
    pub items: Option<Template>,
    /// `ItemSelector`, or the older `Parameters`.
    pub item_selector: Option<Template>,
    /// `MaxConcurrency` or `MaxConcurrencyPath`; 0 is no limit.
    pub max_concurrency: Option<Field<u64>>,
    /// `ToleratedFailureCount` or `…Path`.
    pub tolerated_failure_count: Option<Field<u64>>,
    /// `ToleratedFailurePercentage` or `…Path`.
    pub tolerated_failure_percentage: Option<Field<f64>>,
    /// `ItemReader`.
    pub item_reader: Option<ItemReader>,
    /// `ItemBatcher`.
    pub item_batcher: Option<ItemBatcher>,
    /// `ResultWriter`.
    pub result_writer: Option<ResultWriter>,
    /// `Label`.
    pub label: Option<SmolStr>,
}

/// `ProcessorConfig`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapMode {
    /// `INLINE`: iterations belong to this execution.
    Inline,
    /// `DISTRIBUTED`: iterations are child executions.
    Distributed {
        /// `ExecutionType` is `EXPRESS`.
        express: bool,
    },
}

/// `ItemReader`.
#[derive(Clone, Debug)]
pub struct ItemReader {
    /// `Resource`.
    pub resource: SmolStr,
    /// `Parameters` or `Arguments`.
    pub parameters: Option<Template>,
    /// `ReaderConfig` with its expressions; `MaxItemsPath` stays under that name.
    pub reader_config: Option<Template>,
}

/// `ItemBatcher`.
#[derive(Clone, Debug)]
pub struct ItemBatcher {
    /// `MaxItemsPerBatch` or `…Path`.
    pub max_items_per_batch: Option<Field<u64>>,
    /// `MaxInputBytesPerBatch` or `…Path`.
    pub max_input_bytes_per_batch: Option<Field<u64>>,
    /// `BatchInput`.
    pub batch_input: Option<Template>,
}

/// `ResultWriter`.
#[derive(Clone, Debug)]
pub struct ResultWriter {
    /// `Resource`; absent with a `WriterConfig` alone, and in an empty `ResultWriter`.
    pub resource: Option<SmolStr>,
    /// `Parameters` or `Arguments`.
    pub parameters: Option<Template>,
    /// `WriterConfig.Transformation`.
    pub transformation: Option<SmolStr>,
    /// `WriterConfig.OutputType`.
    pub output_type: Option<SmolStr>,
    /// Whether there is a `WriterConfig`.
    pub has_config: bool,
}

/// A Retrier.
#[derive(Clone, Debug)]
pub struct Retrier {
    /// `ErrorEquals`.
    pub error_equals: Vec<SmolStr>,
    /// `IntervalSeconds`; 1 unless given.
    pub interval_seconds: u64,
    /// `MaxAttempts`; 3 unless given.
    pub max_attempts: u64,
    /// `BackoffRate`; 2.0 unless given.
    pub backoff_rate: f64,
    /// `MaxDelaySeconds`.
    pub max_delay_seconds: Option<u64>,
    /// `JitterStrategy` is `FULL`.
    pub full_jitter: bool,
}

/// A Catcher.
#[derive(Clone, Debug)]
pub struct Catcher {
    /// `ErrorEquals`.
    pub error_equals: Vec<SmolStr>,
    /// `Next`.
    pub next: StateId,
    /// `ResultPath`.
    pub result_path: ResultPath,
    /// `Assign`.
    pub assign: Vec<Assignment>,
    /// `Output` (JSONata).
    pub output: Option<Template>,
}
