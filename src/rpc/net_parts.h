// What the handlers about peers share. rpc threads.
#pragma once

#include <chrono>

#include "rpc/error.h"
#include "rpc/net_methods.h"

namespace sluice::rpc {

// Runs on the net thread. As on_state(): capture by value.
template <class F>
auto on_net(const NetPorts& ports, F function) -> Result<std::invoke_result_t<F>, RpcError> {
    auto answer = ports.loop->call(std::move(function), std::chrono::seconds(60));
    if (!answer) return rpc_error(Code::kInternal, answer.error().message);
    if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
        return {};
    } else {
        return std::move(*answer);
    }
}

}  // namespace sluice::rpc
