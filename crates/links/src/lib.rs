//! The same company or person across tables: equal identifiers first, equal names as possible matches.
