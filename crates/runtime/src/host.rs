//! What the interpreter draws from outside: randomness, activities, the connectors' say.

use asl::resource::Resource;
use rand::rngs::StdRng;
use rand::{Rng, RngCore};
use smol_str::{SmolStr, format_smolstr};
use value::Value;

use crate::catalog::Catalog;
use crate::tasks::Tasks;

/// The world as the interpreter sees it.
pub(crate) struct Host<'h> {
    pub rng: &'h mut StdRng,
    pub catalog: &'h Catalog,
    pub tasks: &'h dyn Tasks,
}

impl engine::Host for Host<'_> {
    fn random(&mut self) -> f64 {
        self.rng.random()
    }

    fn uuid(&mut self) -> SmolStr {
        uuid(self.rng)
    }

    fn nonce(&mut self) -> u128 {
        self.rng.random()
    }

    fn activity_exists(&mut self, arn: &str) -> bool {
        self.catalog.activity(arn).is_some()
    }

    fn refuse_parameters(&mut self, resource: &Resource, parameters: &Value) -> Option<String> {
        self.tasks.refuse_parameters(resource, parameters)
    }
}

/// A version 4 UUID.
pub(crate) fn uuid(rng: &mut StdRng) -> SmolStr {
    let mut bytes = [0; 16];
    rng.fill_bytes(&mut bytes);
    uuid_of(u128::from_be_bytes(bytes))
}

/// The version 4 UUID made of `bits`.
pub(crate) fn uuid_of(bits: u128) -> SmolStr {
    let bits = bits & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
    format_smolstr!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        bits >> 96,
        bits >> 80 & 0xffff,
        bits >> 64 & 0xffff,
        bits >> 48 & 0xffff,
        bits & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::uuid_of;

    #[test]
    fn a_uuid_says_its_version() {
        assert_eq!(uuid_of(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid_of(0), "00000000-0000-4000-8000-000000000000");
    }
}
