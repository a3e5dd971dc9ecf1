//! The state of the site: the run that is being served, and the store of originals.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use crate::Error;
use crate::document::Site;
use crate::search::Index;
use crate::store::{Documents, index_of};

use super::originals::OriginalStore;

/// One run's documents and their index. A request holds it from beginning to end, so it never sees half a switch.
pub(crate) struct Serving {
    pub(crate) documents: Documents,
    pub(crate) index: Arc<Index>,
    pub(crate) site: Site,
}

/// The site, cheap to clone.
#[derive(Clone)]
pub struct Portal {
    inner: Arc<Inner>,
}

struct Inner {
    serving: RwLock<Arc<Serving>>,
    originals: Arc<dyn OriginalStore>,
}

impl Portal {
    /// Opens a database of documents to serve.
    pub async fn open(documents: &Path, originals: Arc<dyn OriginalStore>) -> Result<Self, Error> {
        let serving = RwLock::new(Arc::new(Serving::open(documents).await?));
        Ok(Self {
            inner: Arc::new(Inner { serving, originals }),
        })
    }

    /// Serves another run from the next request on. If it cannot be opened, the old one stays.
    pub async fn reload(&self, documents: &Path) -> Result<(), Error> {
        let next = Arc::new(Serving::open(documents).await?);
        *self
            .inner
            .serving
            .write()
            .unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    /// The run that is being served now.
    pub(crate) fn serving(&self) -> Arc<Serving> {
        self.inner
            .serving
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn originals(&self) -> &dyn OriginalStore {
        self.inner.originals.as_ref()
    }
}

impl std::fmt::Debug for Portal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Portal")
            .field("run", &self.serving().site.run)
            .finish_non_exhaustive()
    }
}

impl Serving {
    async fn open(path: &Path) -> Result<Self, Error> {
        let documents = Documents::open(path).await?;
        let index = Arc::new(index_of(path)?);
        let site = documents.get("site").await?;
        Ok(Self {
            documents,
            index,
            site,
        })
    }
}
