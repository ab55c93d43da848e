// Input: the body of a JSON-RPC request, against a dispatcher whose methods return their arguments.
#include <cstddef>
#include <cstdint>

#include "consensus/primitives/ids.h"
#include "rpc/dispatcher.h"
#include "util/check.h"

using namespace sluice;
using namespace sluice::rpc;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const auto dispatcher = [] {
        auto out = std::make_unique<Dispatcher>();
        for (const Method& method : all_methods()) {
            out->add(method.name, [](const Args& args, const Caller&) -> RpcResult {
                for (size_t i = 0; i < args.count(); ++i) {
                    (void)args.integer(i);
                    (void)args.amount(i);
                    (void)args.hex(i, "x");
                    (void)args.verbosity_or(i, 0);
                    (void)args.id<Txid>(i, "x");
                }
                return args.json(0);
            });
        }
        out->set_warm_up(std::nullopt);
        return out;
    }();
    const http::Response reply = dispatcher->handle({reinterpret_cast<const char*>(data), size}, Caller{});
    CHECK(reply.status == 204 || read_json(reply.body).has_value() || size > 0);
    CHECK(reply.status == 200 || reply.status == 204 || reply.status == 400 || reply.status == 404 ||
          reply.status == 500);
    return 0;
}
