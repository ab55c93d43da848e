#include "peg/proof/pegout.h"

#include "consensus/script/script.h"

namespace sluice::peg {

bool is_pegout_script(const Script& script, const ParentGenesis& genesis) {
    const auto shape = script::parse_pegout(script.view());
    return shape && equal(shape->genesis, genesis.view());
}

std::optional<Pegout> parse_pegout(const TxOut& out, const ChainParams& params) {
    if (!params.parent.exists || !out.is_explicit() || out.asset.explicit_value() != params.pegged_asset)
        return std::nullopt;
    const auto shape = script::parse_pegout(out.script.view());
    if (!shape || !equal(shape->genesis, params.parent.genesis.view())) return std::nullopt;
    return Pegout{Script{to_bytes(shape->destination)}, out.value.explicit_value()};
}

Script make_pegout_script(const ParentGenesis& genesis, const Script& destination) {
    script::ScriptBuilder out;
    return out.op(script::OP_RETURN).push(genesis.view()).push(destination.view()).build();
}

TxOut make_pegout(const ChainParams& params, const Pegout& pegout) {
    TxOut out;
    out.asset = params.pegged_asset;
    out.value = pegout.amount;
    out.script = make_pegout_script(params.parent.genesis, pegout.destination);
    return out;
}

}  // namespace sluice::peg
