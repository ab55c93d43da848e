// REST (-rest): read-only questions by GET, without a password: /rest/chaininfo.json, /rest/block/HASH.json and so on,
// with the reference's paths, forms (.bin .hex .json), statuses and texts. Every answer is that of an RPC method. Any
// thread.
#pragma once

#include "http/message.h"

namespace sluice::rpc {

class Dispatcher;

inline constexpr std::string_view kRestPath = "/rest/";

http::Response answer_rest(const Dispatcher& dispatcher, const http::Request& request);

// A refusal in words, as every REST answer gives it.
inline http::Response refused(int status, const std::string& text) {
    return http::plain_response(status, text + "\r\n");
}

// /rest/getutxos; answer_rest() calls it with what follows that name.
http::Response answer_rest_utxos(const Dispatcher& dispatcher, std::string_view path, const http::Request& request);

}  // namespace sluice::rpc
