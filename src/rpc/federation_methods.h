// Handlers about the federation: getfederationinfo, getpegoutstatus, getreserves, and what only operators of a member
// do.
#pragma once

namespace sluice::member {
class Member;
}
namespace sluice::runtime {
class EventLoop;
}

namespace sluice::rpc {

class Dispatcher;

// Both outlive the server; the member belongs to the loop's thread.
struct FederationPorts {
    member::Member* member = nullptr;
    runtime::EventLoop* loop = nullptr;
};
void add_federation_methods(Dispatcher& dispatcher, const FederationPorts& ports);
// The same names on a node that is no member: each says so.
void refuse_federation_methods(Dispatcher& dispatcher);

}  // namespace sluice::rpc
