// The fields of one member as manifests, successors and keygen's output write them. Private to the module; pure, any
// thread.
#pragma once

namespace sluice::member::detail {

template <class V, class T>
void visit_member(V& v, T& o) {
    v("name", o.name);
    v("block_key", o.block_key);
    v("payout_key", o.payout_key);
    v("transport_key", o.transport_key);
    v("address", o.address);
}

}  // namespace sluice::member::detail
