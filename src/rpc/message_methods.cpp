// Signed messages: the holder of an address signs a text.
#include "codec/base64.h"
#include "consensus/params/address.h"
#include "consensus/params/chain_params.h"
#include "consensus/params/wif.h"
#include "consensus/script/templates.h"
#include "crypto/recoverable.h"
#include "rpc/sign_methods.h"

namespace sluice::rpc {
namespace {

RpcResult sign_with_key(const ChainParams& params, const Args& args) {
    const auto key = decode_wif(args.text(0), params.secret_prefix);
    if (!key) return rpc_error(Code::kInvalidAddressOrKey, "Invalid private key");
    const Bytes signature = sign_recoverable(key->key, key->compressed, message_digest(args.text(1)));
    return Json(base64_encode(signature));
}

RpcResult verify(const ChainParams& params, const Args& args) {
    const auto address = decode_address(args.text(0), params.address);
    if (!address) return rpc_error(Code::kInvalidAddressOrKey, "Invalid address");
    const script::Template shape = script::classify(address->script.view());
    if (shape.kind != script::TemplateKind::kPubkeyHash) return rpc_error(Code::kType, "Address does not refer to key");
    const auto signature = base64_decode(args.text(1));
    if (!signature) return rpc_error(Code::kType, "Malformed base64 encoding");
    const auto key = recover_key(*signature, message_digest(args.text(2)));
    return Json(key && equal(key->hash160().view(), shape.parts[0]));
}

}  // namespace

void add_message_methods(Dispatcher& dispatcher, const ChainPorts& ports) {
    dispatcher.add("signmessagewithprivkey",
                   [params = ports.params](const Args& args, const Caller&) { return sign_with_key(*params, args); });
    dispatcher.add("verifymessage",
                   [params = ports.params](const Args& args, const Caller&) { return verify(*params, args); });
}

}  // namespace sluice::rpc
