// Errors of RPC methods: the reference's codes, and a text for people. Handlers return RpcResult; they do not throw.
#pragma once

#include <string>

#include "rpc/json.h"
#include "util/result.h"

namespace sluice::rpc {

enum class Code : int {
    kInvalidRequest = -32600,
    kMethodNotFound = -32601,
    kInvalidParams = -32602,
    kInternal = -32603,
    kParse = -32700,
    kMisc = -1,
    kType = -3,
    kWallet = -4,
    kInvalidAddressOrKey = -5,
    kInsufficientFunds = -6,
    kInvalidParameter = -8,
    kNotConnected = -9,
    kInitialDownload = -10,
    kUnlockNeeded = -13,
    kPassphraseIncorrect = -14,
    kWrongEncryptionState = -15,
    kWalletInvalidLabel = -11,
    kWalletNotFound = -18,
    kDatabase = -20,
    kDeserialization = -22,
    kNodeAlreadyAdded = -23,
    kNodeNotAdded = -24,
    kVerify = -25,
    kVerifyRejected = -26,
    kAlreadyInChain = -27,
    kWarmUp = -28,
    kNodeNotConnected = -29,
    kInvalidIpOrSubnet = -30,
    kMethodDeprecated = -32,
    kNodeCapacityReached = -34,
};

struct RpcError {
    Code code;
    std::string message;
};

using RpcResult = Result<Json, RpcError>;

inline tl::unexpected<RpcError> rpc_error(Code code, std::string message) {
    return tl::unexpected<RpcError>(RpcError{code, std::move(message)});
}

}  // namespace sluice::rpc
