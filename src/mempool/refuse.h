// Short ways to say why a transaction is refused, where, and what was compared. Pure.
#pragma once

#include "mempool/entry.h"
#include "util/result.h"

namespace sluice::mempool {

inline Refusal refuse(RefusalKind kind, std::string reason, std::string detail, const BreachPlace& place,
                      NamedValues values = {}) {
    return Refusal{kind, std::move(reason), std::move(detail), Breach{{}, place, std::move(values), nullptr}};
}
// Of the transaction as a whole.
inline Refusal refuse(RefusalKind kind, std::string reason, std::string detail = {}, NamedValues values = {}) {
    return refuse(kind, std::move(reason), std::move(detail), at_transaction(), std::move(values));
}
inline tl::unexpected<Refusal> refused(RefusalKind kind, std::string reason, std::string detail = {},
                                       NamedValues values = {}) {
    return tl::unexpected<Refusal>(refuse(kind, std::move(reason), std::move(detail), std::move(values)));
}

}  // namespace sluice::mempool
