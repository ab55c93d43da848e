#include <fstream>
#include <iterator>

#include "federation/member/member.h"
#include "federation/member/status_json.h"
#include "rpc/dispatcher.h"
#include "rpc/federation_methods.h"

namespace sluice::rpc {
namespace {

using member::Member;

// Runs an operator's command on the member's thread.
template <class F>
RpcResult on_member(const FederationPorts& ports, F command) {
    const Result<Status> answer =
        ports.loop->call([member = ports.member, command] { return command(*member); }, std::chrono::minutes(1));
    if (!answer) return rpc_error(Code::kMisc, answer.error().message);
    if (!*answer) return rpc_error(Code::kMisc, answer->error().message);
    return Json();
}

RpcResult pegouts(const Member& member, const Args& args) {
    const member::MemberStatusRef status = member.status();
    std::optional<Txid> txid;
    if (args.has(0)) txid = TRY(args.id<Txid>(0, "txid"));
    const int64_t vout = TRY(args.integer_or(1, -1));
    std::vector<member::PegoutStatus> shown;
    for (const member::PegoutStatus& pegout : *status->pegouts) {
        const bool wanted = txid ? pegout.txid == *txid && (vout < 0 || vout == pegout.index) : pegout.state != "paid";
        if (wanted) shown.push_back(pegout);
    }
    if (txid && shown.empty()) return rpc_error(Code::kInvalidAddressOrKey, "No such peg-out request");
    return Json::parse(member::pegouts_json(shown));
}

}  // namespace

void add_federation_methods(Dispatcher& dispatcher, const FederationPorts& ports) {
    Member* member = ports.member;
    dispatcher.add("getfederationinfo", [member](const Args&, const Caller&) -> RpcResult {
        return Json::parse(member::federation_json(member->status()->federation));
    });
    dispatcher.add("getreserves", [member](const Args&, const Caller&) -> RpcResult {
        return Json::parse(member::reserves_json(member->status()->reserves));
    });
    dispatcher.add("getpegoutstatus", [member](const Args& args, const Caller&) { return pegouts(*member, args); });
    dispatcher.add("approvecancel", [ports](const Args& args, const Caller&) -> RpcResult {
        const auto batch = TRY(args.id<parent::ParentTxid>(0, "batch"));
        return on_member(ports, [batch](Member& m) { return m.approve_cancel(batch); });
    });
    dispatcher.add("clearfreeze", [ports](const Args&, const Caller&) {
        return on_member(ports, [](Member& m) { return m.clear_freeze(); });
    });
    dispatcher.add("resumenow", [ports](const Args&, const Caller&) {
        return on_member(ports, [](Member& m) { return m.resume_now(); });
    });
    dispatcher.add("loadmanifest", [ports](const Args& args, const Caller&) -> RpcResult {
        const std::string path = args.text(0);
        std::ifstream file(path, std::ios::binary);
        if (!file) return rpc_error(Code::kInvalidParameter, "Cannot open " + path);
        const std::string json((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
        return on_member(ports, [json](Member& m) { return m.load_manifest(json); });
    });
    dispatcher.add("resolveconflict", [ports](const Args& args, const Caller&) -> RpcResult {
        const auto hash = TRY(args.id<BlockHash>(0, "hash"));
        return on_member(ports, [hash](Member& m) { return m.resolve_conflict(hash); });
    });
}

void refuse_federation_methods(Dispatcher& dispatcher) {
    dispatcher.hide_category("federation");
    for (const char* name : {"getfederationinfo", "getreserves", "getpegoutstatus", "approvecancel", "clearfreeze",
                             "resumenow", "loadmanifest", "resolveconflict"}) {
        dispatcher.add(name, [](const Args&, const Caller&) -> RpcResult {
            return rpc_error(Code::kMisc, "This node is not a member of a federation (-fedmanifest); ask a member");
        });
    }
}

}  // namespace sluice::rpc
