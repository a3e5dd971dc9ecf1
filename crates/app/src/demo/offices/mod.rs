//! The layouts: one file per publisher, each as odd as the real ones.

pub mod caminos;
pub mod cobalto;
pub mod cobalto_works;
pub mod lunaria;
pub mod quimera;
pub mod quimera_direct;
pub mod quimera_works;
pub mod suministros;
pub mod tax_list;
