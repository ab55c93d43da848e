// Starts bcoin's full node with the options of the command line (bcoin's own names).
// Its dependency mrmr (murmur3, for bloom filters) is the only one that cannot do without a compiled add-on; where that
// was not built, the same package's JavaScript version takes its place, so that `npm ci --ignore-scripts` is enough.
'use strict';

try {
    require('mrmr');
} catch {
    const native = require.resolve('mrmr/lib/murmur3.js');
    require.cache[native] = { id: native, filename: native, loaded: true, exports: require('mrmr/lib/murmur3-browser.js') };
}

require('bcoin/bin/node');
