from __future__ import annotations

import pytest

from bot.store.opening import Store
from bot.trust.keyring import DEPLOYMENT
from tests.conftest import Urls
from tests.delivery.harness import Post


@pytest.fixture
def post(store: Store, urls: Urls, master: bytes) -> Post:
    store.keys.make(DEPLOYMENT)
    return Post(store.engine, store.keys, urls.keys, master)
