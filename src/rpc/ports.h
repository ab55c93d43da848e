// What handlers reach of the node. Everything named here outlives the dispatcher. Handlers run on rpc threads:
// ChainReader is asked directly, whatever belongs to the state thread through on_state().
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "rpc/error.h"
#include "runtime/event_loop.h"

namespace sluice {
struct ChainParams;
class SystemClock;
namespace index {
class TxIndex;
class FilterIndex;
}  // namespace index
namespace chain {
class ChainReader;
class ChainState;
}  // namespace chain
}  // namespace sluice

namespace sluice::rpc {

struct ChainPorts {
    const ChainParams* params = nullptr;
    chain::ChainState* chain = nullptr;          // on the state thread
    const chain::ChainReader* reader = nullptr;  // any thread
    runtime::EventLoop* state = nullptr;
    SystemClock* clock = nullptr;
    const std::atomic<bool>* stopping = nullptr;         // ends long walks; may be null
    const index::TxIndex* tx_index = nullptr;            // null: none is kept; any thread
    const index::FilterIndex* filters = nullptr;         // the same
    std::function<std::vector<std::string>()> warnings;  // for getblockchaininfo and getnetworkinfo; may be empty
};

inline RpcError unavailable(const Error& error) { return RpcError{Code::kInternal, error.message}; }

// Runs `function` on the state thread and waits. It may outlive the call (deadline, shutdown): capture by value.
template <class F>
auto on_state(const ChainPorts& ports, F function) -> Result<std::invoke_result_t<F>, RpcError> {
    auto answer = ports.state->call(std::move(function));
    if (!answer) return tl::unexpected<RpcError>(unavailable(answer.error()));
    if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
        return {};
    } else {
        return std::move(*answer);
    }
}

}  // namespace sluice::rpc
