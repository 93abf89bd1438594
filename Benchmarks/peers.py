"""Rates of Python cachetronomy 0.1.5 and diskcache, for Benchmarks/library."""
import logging, os, shutil, sys, tempfile, time

logging.disable(logging.CRITICAL)
here = tempfile.mkdtemp()
small = {'a': 1, 'b': 'text', 'c': [1, 2, 3]}


def rate(name, count, body):
    rates = []
    for _ in range(5):
        start = time.perf_counter()
        for i in range(count):
            body(i)
        rates.append(count / (time.perf_counter() - start))
    rates.sort()
    print(f'{name}\t{int(rates[2])}\t{int(rates[4])}')


if sys.argv[1] == 'cachetronomy':
    from cachetronomy import Cachetronaut
    c = Cachetronaut(db_path=here + '/c.db')
    c.set('key', small)
    rate('get from memory', 100_000, lambda i: c.get('key'))

    @c(prefer='json')
    def f(n):
        return 1
    f(1)
    rate('memoized hit', 30_000, lambda i: f(1))
    rate('set of one key', 2000, lambda i: c.set('key', small))
    c.shutdown()
else:
    import diskcache
    d = diskcache.Cache(here + '/d')
    d.set('key', small)
    rate('get from the store', 50_000, lambda i: d.get('key'))
    rate('set of one key', 5000, lambda i: d.set('key', small))
    rate('set of new keys', 4000, lambda i: d.set(f'new{i}', small))
    start = time.perf_counter()
    with d.transact():
        for i in range(100_000):
            d.set(f'many{i}', small)
    print(f'100 000 sets in a batch, seconds\t{time.perf_counter() - start:.2f}')
shutil.rmtree(here)
