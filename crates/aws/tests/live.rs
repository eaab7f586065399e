//! Calls against servers: an independent emulator (moto) for what AWS answers, and small TCP
//! servers for what networks do.

#[cfg(test)]
mod live {
    mod credentials;
    mod emulator;
    mod hostile;
    pub mod moto;
    pub mod server;
}
