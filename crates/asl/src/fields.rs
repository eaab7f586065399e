//! The table of fields: which object takes which, in which query language, and which go together.

/// In which query language a field exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum In {
    Both,
    JsonPath,
    Jsonata,
}

/// The fields that one kind of object takes.
#[derive(Debug)]
pub(crate) struct Rules {
    /// What it takes.
    pub(crate) fields: &'static [&'static [(&'static str, In)]],
    /// What it must have.
    pub(crate) required: &'static [&'static str],
    /// Groups of which it must have one.
    pub(crate) one_of: &'static [&'static [&'static str]],
    /// Groups of which it may have one.
    pub(crate) at_most_one_of: &'static [&'static [&'static str]],
}

impl Rules {
    /// In which language `name` exists here; `None` if it does not.
    pub(crate) fn language(&self, name: &str) -> Option<In> {
        let mut fields = self.fields.iter().copied().flatten();
        fields.find(|(field, _)| *field == name).map(|(_, language)| *language)
    }

    /// Every field.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().copied().flatten().map(|(name, _)| *name)
    }
}

use In::{Both, JsonPath, Jsonata};

const NONE: Rules = Rules { fields: &[], required: &[], one_of: &[], at_most_one_of: &[] };

type Fields = [(&'static str, In)];

const COMMON: &Fields = &[("Type", Both), ("Comment", Both), ("QueryLanguage", Both)];
const PATHS: &Fields = &[("InputPath", JsonPath), ("OutputPath", JsonPath)];
const OUTPUT: &Fields = &[("Output", Jsonata)];
const ASSIGN: &Fields = &[("Assign", Both)];
const NEXT: &Fields = &[("Next", Both), ("End", Both)];
const PARAMETERS: &Fields = &[("Parameters", JsonPath), ("ResultPath", JsonPath)];
const WORK: &Fields = &[("ResultSelector", JsonPath), ("Retry", Both), ("Catch", Both)];
const ARGUMENTS: &Fields = &[("Arguments", Jsonata)];

const NEXT_OR_END: &[&str] = &["Next", "End"];

/// The values of `Type`, in the order of AWS's message.
pub(crate) const TYPES: &[&str] =
    &["Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map"];

/// The rules of a state of type `name`.
pub(crate) fn state(name: &str) -> Option<&'static Rules> {
    Some(match name {
        "Pass" => &PASS,
        "Task" => &TASK,
        "Wait" => &WAIT,
        "Choice" => &CHOICE,
        "Parallel" => &PARALLEL,
        "Map" => &MAP,
        "Succeed" => &SUCCEED,
        "Fail" => &FAIL,
        _ => return None,
    })
}

static PASS: Rules = Rules {
    fields: &[COMMON, PATHS, OUTPUT, ASSIGN, NEXT, PARAMETERS, &[("Result", JsonPath)]],
    one_of: &[NEXT_OR_END],
    ..NONE
};

static TASK: Rules = Rules {
    fields: &[
        COMMON,
        PATHS,
        OUTPUT,
        ASSIGN,
        NEXT,
        PARAMETERS,
        WORK,
        ARGUMENTS,
        &[
            ("Resource", Both),
            ("Credentials", Both),
            ("TimeoutSeconds", Both),
            ("TimeoutSecondsPath", JsonPath),
            ("HeartbeatSeconds", Both),
            ("HeartbeatSecondsPath", JsonPath),
        ],
    ],
    required: &["Resource"],
    one_of: &[NEXT_OR_END],
    at_most_one_of: &[
        &["TimeoutSeconds", "TimeoutSecondsPath"],
        &["HeartbeatSeconds", "HeartbeatSecondsPath"],
    ],
};

static WAIT: Rules = Rules {
    fields: &[
        COMMON,
        PATHS,
        OUTPUT,
        ASSIGN,
        NEXT,
        &[
            ("Seconds", Both),
            ("Timestamp", Both),
            ("SecondsPath", JsonPath),
            ("TimestampPath", JsonPath),
        ],
    ],
    one_of: &[NEXT_OR_END, &["SecondsPath", "Seconds", "TimestampPath", "Timestamp"]],
    ..NONE
};

static CHOICE: Rules = Rules {
    fields: &[COMMON, PATHS, OUTPUT, ASSIGN, &[("Choices", Both), ("Default", Both)]],
    required: &["Choices"],
    ..NONE
};

static PARALLEL: Rules = Rules {
    fields: &[
        COMMON,
        PATHS,
        OUTPUT,
        ASSIGN,
        NEXT,
        PARAMETERS,
        WORK,
        ARGUMENTS,
        &[("Branches", Both)],
    ],
    required: &["Branches"],
    one_of: &[NEXT_OR_END],
    ..NONE
};

static MAP: Rules = Rules {
    fields: &[
        COMMON,
        PATHS,
        OUTPUT,
        ASSIGN,
        NEXT,
        PARAMETERS,
        WORK,
        &[
            ("ItemProcessor", Both),
            ("Iterator", Both),
            ("ItemsPath", JsonPath),
            ("Items", Jsonata),
            ("ItemSelector", Both),
            ("ItemReader", Both),
            ("ItemBatcher", Both),
            ("ResultWriter", Both),
            ("MaxConcurrency", Both),
            ("MaxConcurrencyPath", JsonPath),
            ("ToleratedFailurePercentage", Both),
            ("ToleratedFailurePercentagePath", JsonPath),
            ("ToleratedFailureCount", Both),
            ("ToleratedFailureCountPath", JsonPath),
            ("Label", Both),
        ],
    ],
    required: &[],
    one_of: &[NEXT_OR_END, &["ItemProcessor", "Iterator"]],
    at_most_one_of: &[
        &["MaxConcurrency", "MaxConcurrencyPath"],
        &["ToleratedFailurePercentage", "ToleratedFailurePercentagePath"],
        &["ToleratedFailureCount", "ToleratedFailureCountPath"],
        &["ItemSelector", "Parameters"],
    ],
};

static SUCCEED: Rules = Rules { fields: &[COMMON, PATHS, OUTPUT], ..NONE };

static FAIL: Rules = Rules {
    fields: &[
        COMMON,
        &[("Error", Both), ("Cause", Both), ("ErrorPath", JsonPath), ("CausePath", JsonPath)],
    ],
    at_most_one_of: &[&["Error", "ErrorPath"], &["Cause", "CausePath"]],
    ..NONE
};

/// The definition itself. AWS names the missing ones in this order.
pub(crate) static MACHINE: Rules = Rules {
    fields: &[&[
        ("Comment", Both),
        ("QueryLanguage", Both),
        ("StartAt", Both),
        ("TimeoutSeconds", Both),
        ("Version", Both),
        ("States", Both),
    ]],
    required: &["States", "StartAt"],
    ..NONE
};

/// A branch of a Parallel.
pub(crate) static BRANCH: Rules = Rules {
    fields: &[&[("Comment", Both), ("StartAt", Both), ("States", Both)]],
    required: &["States", "StartAt"],
    ..NONE
};

/// `ItemProcessor` and the older `Iterator`, which takes a `ProcessorConfig` too (recorded).
pub(crate) static PROCESSOR: Rules = Rules {
    fields: &[&[("Comment", Both), ("StartAt", Both), ("States", Both), ("ProcessorConfig", Both)]],
    required: &["States", "StartAt"],
    ..NONE
};

/// `ProcessorConfig` of mode INLINE.
pub(crate) static INLINE_CONFIG: Rules = Rules { fields: &[&[("Mode", Both)]], ..NONE };

/// `ProcessorConfig` of mode DISTRIBUTED.
pub(crate) static DISTRIBUTED_CONFIG: Rules = Rules {
    fields: &[&[("Mode", Both), ("ExecutionType", Both)]],
    required: &["ExecutionType"],
    ..NONE
};

/// A rule of `Choices`.
pub(crate) static CHOICE_RULE: Rules = Rules {
    fields: &[
        &[("Comment", Both), ("Next", Both), ("Assign", Both), ("Output", Jsonata)],
        CONDITION_FIELDS,
        OPERATORS,
    ],
    required: &["Next"],
    ..NONE
};

/// A rule within `And`, `Or` or `Not`.
pub(crate) static NESTED_RULE: Rules =
    Rules { fields: &[&[("Comment", Both)], CONDITION_FIELDS, OPERATORS], ..NONE };

/// What makes a condition, in the order of AWS's message.
pub(crate) const CONDITIONS: &[&str] = &["And", "Or", "Not", "Variable", "Condition"];

const CONDITION_FIELDS: &Fields = &[
    ("And", JsonPath),
    ("Or", JsonPath),
    ("Not", JsonPath),
    ("Variable", JsonPath),
    ("Condition", Jsonata),
];

/// The comparison operators.
pub(crate) const OPERATORS: &Fields = &[
    ("StringEquals", JsonPath),
    ("StringEqualsPath", JsonPath),
    ("StringLessThan", JsonPath),
    ("StringLessThanPath", JsonPath),
    ("StringGreaterThan", JsonPath),
    ("StringGreaterThanPath", JsonPath),
    ("StringLessThanEquals", JsonPath),
    ("StringLessThanEqualsPath", JsonPath),
    ("StringGreaterThanEquals", JsonPath),
    ("StringGreaterThanEqualsPath", JsonPath),
    ("StringMatches", JsonPath),
    ("NumericEquals", JsonPath),
    ("NumericEqualsPath", JsonPath),
    ("NumericLessThan", JsonPath),
    ("NumericLessThanPath", JsonPath),
    ("NumericGreaterThan", JsonPath),
    ("NumericGreaterThanPath", JsonPath),
    ("NumericLessThanEquals", JsonPath),
    ("NumericLessThanEqualsPath", JsonPath),
    ("NumericGreaterThanEquals", JsonPath),
    ("NumericGreaterThanEqualsPath", JsonPath),
    ("BooleanEquals", JsonPath),
    ("BooleanEqualsPath", JsonPath),
    ("TimestampEquals", JsonPath),
    ("TimestampEqualsPath", JsonPath),
    ("TimestampLessThan", JsonPath),
    ("TimestampLessThanPath", JsonPath),
    ("TimestampGreaterThan", JsonPath),
    ("TimestampGreaterThanPath", JsonPath),
    ("TimestampLessThanEquals", JsonPath),
    ("TimestampLessThanEqualsPath", JsonPath),
    ("TimestampGreaterThanEquals", JsonPath),
    ("TimestampGreaterThanEqualsPath", JsonPath),
    ("IsNull", JsonPath),
    ("IsPresent", JsonPath),
    ("IsNumeric", JsonPath),
    ("IsString", JsonPath),
    ("IsBoolean", JsonPath),
    ("IsTimestamp", JsonPath),
];

/// A Retrier.
pub(crate) static RETRIER: Rules = Rules {
    fields: &[&[
        ("ErrorEquals", Both),
        ("IntervalSeconds", Both),
        ("MaxAttempts", Both),
        ("BackoffRate", Both),
        ("MaxDelaySeconds", Both),
        ("JitterStrategy", Both),
        ("Comment", Both),
    ]],
    required: &["ErrorEquals"],
    ..NONE
};

/// A Catcher.
pub(crate) static CATCHER: Rules = Rules {
    fields: &[&[
        ("ErrorEquals", Both),
        ("Next", Both),
        ("ResultPath", JsonPath),
        ("Assign", Both),
        ("Output", Jsonata),
        ("Comment", Both),
    ]],
    required: &["ErrorEquals", "Next"],
    ..NONE
};

const RESOURCE_AND_PARAMETERS: &Fields =
    &[("Resource", Both), ("Parameters", JsonPath), ("Arguments", Jsonata)];

/// `ItemReader`.
pub(crate) static ITEM_READER: Rules = Rules {
    fields: &[RESOURCE_AND_PARAMETERS, &[("ReaderConfig", Both)]],
    required: &["Resource"],
    ..NONE
};

/// `ReaderConfig`.
pub(crate) static READER_CONFIG: Rules = Rules {
    fields: &[&[
        ("InputType", Both),
        ("Transformation", Both),
        ("ManifestType", Both),
        ("CSVDelimiter", Both),
        ("CSVHeaderLocation", Both),
        ("CSVHeaders", Both),
        ("MaxItems", Both),
        ("MaxItemsPath", JsonPath),
        ("ItemsPointer", Both),
    ]],
    at_most_one_of: &[&["MaxItems", "MaxItemsPath"]],
    ..NONE
};

/// `ItemBatcher`.
pub(crate) static ITEM_BATCHER: Rules = Rules {
    fields: &[&[
        ("MaxItemsPerBatch", Both),
        ("MaxItemsPerBatchPath", JsonPath),
        ("MaxInputBytesPerBatch", Both),
        ("MaxInputBytesPerBatchPath", JsonPath),
        ("BatchInput", Both),
    ]],
    at_most_one_of: &[
        &["MaxItemsPerBatch", "MaxItemsPerBatchPath"],
        &["MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"],
    ],
    ..NONE
};

/// `ResultWriter`.
pub(crate) static RESULT_WRITER: Rules =
    Rules { fields: &[RESOURCE_AND_PARAMETERS, &[("WriterConfig", Both)]], ..NONE };

/// `WriterConfig`.
pub(crate) static WRITER_CONFIG: Rules =
    Rules { fields: &[&[("Transformation", Both), ("OutputType", Both)]], ..NONE };
