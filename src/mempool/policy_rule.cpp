// test/layering/check_rules.py reads the rows below: a row a rule, two lines each.
#include "mempool/policy_rule.h"

#include <array>

namespace sluice::mempool {
namespace {

constexpr auto kRows = std::to_array<PolicyRule>({
    {"version", "src/mempool/policy.cpp", "transaction version 1, 2 or 3"},
    {"tx-size", "src/mempool/policy.cpp", "at most 400000 weight units"},
    {"tx-size-small", "src/mempool/accept.cpp", "at least 65 bytes without witness (CVE-2017-12842)"},
    {"scriptsig-size", "src/mempool/policy.cpp", "a scriptSig of at most 1650 bytes"},
    {"scriptsig-not-pushonly", "src/mempool/policy.cpp", "a scriptSig only pushes"},
    {"scriptpubkey", "src/mempool/policy.cpp", "each output has a form that is known"},
    {"bare-multisig", "src/mempool/policy.cpp", "no bare multisig where -permitbaremultisig=0"},
    {"dust", "src/mempool/policy.cpp",
     "at most one output costs more to spend than it is worth, and that one only without a fee"},
    {"multi-op-return", "src/mempool/policy.cpp", "one data output at most, where the chain says so"},
    {"bad-txns-nonstandard-inputs", "src/mempool/policy.cpp", "what is spent has a form that is known"},
    {"bad-witness-nonstandard", "src/mempool/policy.cpp", "limits of the witness of known forms"},
    {"bad-txin-extra-issuance-rangeproof", "src/mempool/policy.cpp", "no proof for an issued amount that is open"},
    {"bad-txin-extra-inflation-rangeproof", "src/mempool/policy.cpp", "no proof for an amount of tokens that is open"},
    {"bad-txns-too-many-sigops", "src/mempool/accept.cpp", "at most 16000 of signature operations' cost"},
    {"issuance-out-of-range", "src/mempool/policy.cpp",
     "an issued amount within all money, where -acceptunlimitedissuances=0"},
    {"invalid-pegout-proof", "src/mempool/accept.cpp", "a peg-out is authorized, where the chain asks for it"},
    {"non-mandatory-script-verify-flag", "src/mempool/accept.cpp",
     "scripts hold under the stricter flags of relay as well"},

    {"coinbase", "src/mempool/accept.cpp", "not a coinbase"},
    {"non-final", "src/mempool/accept.cpp", "its lock time has come"},
    {"non-BIP68-final", "src/mempool/accept.cpp", "the relative lock times of its inputs have run out (BIP68)"},
    {"extra-pegin-witness", "src/mempool/accept.cpp", "no peg-in witness on an input that claims nothing"},
    {"pegin-no-witness", "src/mempool/accept.cpp", "a claim's proof holds"},
    {"pegin-already-claimed", "src/mempool/accept.cpp", "the deposit is unclaimed"},
    {"pegin-value-too-low", "src/mempool/accept.cpp", "claims are worth at least -peginminamount"},
    {"pegin-subsidy-too-low", "src/mempool/accept.cpp",
     "small claims burn what their later spend costs (-peginsubsidyheight, -peginsubsidythreshold)"},

    {"txn-already-known", "src/mempool/accept.cpp", "the chain does not have it yet"},
    {"txn-already-in-mempool", "src/mempool/accept.cpp", "the pool does not have it yet"},
    {"txn-same-nonwitness-data-in-mempool", "src/mempool/accept.cpp", "the pool does not have it with another witness"},
    {"txn-mempool-conflict", "src/mempool/accept.cpp", "what the pool spends may be replaced (BIP125)"},
    {"insufficient fee", "src/mempool/replacement.cpp", "a replacement pays more, for each byte and in sum (BIP125)"},
    {"too many potential replacements", "src/mempool/replacement.cpp",
     "a replacement pushes out at most 100 transactions"},
    {"replacement-adds-unconfirmed", "src/mempool/replacement.cpp",
     "a replacement spends no other unconfirmed output than what it replaces did"},
    {"bad-txns-spends-conflicting-tx", "src/mempool/accept.cpp", "a replacement does not spend what it replaces"},
    {"min relay fee not met", "src/mempool/accept.cpp", "the fee rate is at least -minrelaytxfee"},
    {"mempool min fee not met", "src/mempool/accept.cpp", "the fee rate is above what the full pool dropped last"},
    {"max feerate exceeded", "src/mempool/accept.cpp", "pays no more for each byte than its sender allows"},
    {"mempool full", "src/mempool/mempool.cpp", "it is worth more than what the full pool holds"},
    {"too-long-mempool-chain", "src/mempool/relatives.cpp", "limits of unconfirmed ancestors and descendants"},
    {"missing-ephemeral-spends", "src/mempool/relatives.cpp", "who spends of a transaction with dust spends the dust"},
    {"bip125-replacement-disallowed", "src/mempool/accept.cpp", "a tested package replaces nothing"},
    {"package-mempool-limits", "src/mempool/relatives.cpp",
     "limits of unconfirmed ancestors, for a package as a whole"},
    {"TRUC-violation", "src/mempool/relatives.cpp", "version 3 stays alone or in pairs (BIP431)"},
});

}  // namespace

std::span<const PolicyRule> policy_rules() { return kRows; }

const PolicyRule* find_policy_rule(std::string_view reason) {
    std::string_view name = reason.substr(0, reason.find(" ("));
    for (const PolicyRule& row : kRows) {
        if (row.reject == name) return &row;
    }
    return nullptr;
}

}  // namespace sluice::mempool
