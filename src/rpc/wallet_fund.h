// What handlers that make payments read from their arguments: fee wishes, and the options of funding. Pure.
#pragma once

#include "rpc/raw_parts.h"
#include "rpc/wallet_methods.h"
#include "wallet/wallet.h"

namespace sluice::rpc {

// A fee rate (satoshi per 1000 virtual bytes) from fee_rate, in satoshi per virtual byte; nullopt: the wallet's usual
// one. Nothing estimates fees here: a confirmation target and a mode are checked, and change nothing.
Result<std::optional<int64_t>, RpcError> read_fee(const Json& conf_target, const Json& estimate_mode,
                                                  const Json& fee_rate);

// fundrawtransaction's options for a transaction with the outputs that `order` has. `destinations`: the addresses that
// subtract_fee_from_outputs may name, by position.
Result<wallet::FundOrder, RpcError> read_funding(const Json& given, wallet::FundOrder order,
                                                 const std::vector<std::string>& destinations,
                                                 const WalletPorts& ports);

// Of what funding a given transaction ends with.
RpcError fund_error(const Error& error);

}  // namespace sluice::rpc
