// Methods about the node: chain, control, mining, network, transactions, ZMQ.
#include "rpc/method_tables.h"

namespace sluice::rpc {

using enum ArgType;

std::vector<Method> chain_methods() {
    return {
        {"getbestblockhash", "blockchain", "Hash of the block at the tip of the most-work chain."},
        {"getblock",
         "blockchain",
         "A block: verbosity 0 as hex, 1 as an object with transaction ids, 2 with transactions, 3 with the outputs they spend.",
         {{"blockhash", kHex, true, "Hash of the block"}, {"verbosity|verbose", kAny, false, "0, 1 (default), 2 or 3"}}},
        {"getblockchaininfo", "blockchain", "State of the chain and of its rules."},
        {"getblockcount", "blockchain", "Height of the tip."},
        {"getblockhash", "blockchain", "Hash of the block at a height of the active chain.", {{"height", kNumber, true}}},
        {"getblockheader",
         "blockchain",
         "A block header, as an object or as hex.",
         {{"blockhash", kHex, true}, {"verbose", kBool, false, "true (default): object; false: hex"}}},
        {"getchaintips", "blockchain", "The tips of all known branches."},
        {"getdifficulty", "blockchain", "Always 0 for signed blocks."},
        {"getmempoolancestors", "blockchain", "Ancestors of a transaction in the pool.", {{"txid", kHex, true}, {"verbose", kBool}}},
        {"getmempooldescendants", "blockchain", "Descendants of a transaction in the pool.", {{"txid", kHex, true}, {"verbose", kBool}}},
        {"getmempoolentry", "blockchain", "A transaction of the pool.", {{"txid", kHex, true}}},
        {"getmempoolinfo", "blockchain", "State of the transaction pool."},
        {"getrawmempool",
         "blockchain",
         "Transactions of the pool.",
         {{"verbose", kBool, false, "true: an object for each; false (default): ids"},
          {"mempool_sequence", kBool, false, "With verbose=false: also the sequence number of the pool"}}},
        {"getpakinfo", "blockchain", "The PAK list that peg-outs of the next block need."},
        {"getsidechaininfo", "blockchain", "The peg: assets, scripts, parent chain."},
        {"gettxout",
         "blockchain",
         "An unspent output; null if it is spent or unknown.",
         {{"txid", kHex, true}, {"n", kNumber, true}, {"include_mempool", kBool, false, "Heed the pool (default: true)"}}},
        {"gettxoutproof",
         "blockchain",
         "Merkle proof that transactions are in a block, as hex.",
         {{"txids", kArray, true}, {"blockhash", kHex, false, "The block; without it an output must be unspent"}}},
        {"gettxoutsetinfo",
         "blockchain",
         "Statistics of the set of unspent outputs.",
         {{"hash_type", kText, false, "hash_serialized_3 (default), muhash or none"},
          {"hash_or_height", kAnyText, false, "Not served: statistics of the tip only"},
          {"use_index", kBool}}},
        {"verifytxoutproof", "blockchain", "Ids of the transactions that a Merkle proof proves.", {{"proof", kHex, true}}},
        {"waitforblock", "hidden", "Wait for a block.", {{"blockhash", kHex, true}, {"timeout", kNumber}}},
        {"waitforblockheight", "hidden", "Wait for a height.", {{"height", kNumber, true}, {"timeout", kNumber}}},
        {"waitfornewblock", "hidden", "Wait for the tip to change.", {{"timeout", kNumber}}},
        {"invalidateblock", "hidden", "Mark a block invalid, as if it broke a rule.", {{"blockhash", kHex, true}}},
        {"reconsiderblock", "hidden", "Take back invalidateblock for a block, its ancestors and descendants.", {{"blockhash", kHex, true}}},
        {"acceptpegin", "blockchain", "Let blocks claim a deposit whatever its depth on Bitcoin, for ever.", {{"outpoint", kText, true, "txid:vout of the deposit"}}},
        {"setmocktime", "hidden", "Freeze the clock at a Unix time (test chains); 0 lets it run.", {{"timestamp", kNumber, true}}},
    };
}

std::vector<Method> control_methods() {
    return {
        {"echo",
         "hidden",
         "Returns its arguments.",
         {{"arg0", kAnyText}, {"arg1", kAnyText}, {"arg2", kAnyText}, {"arg3", kAnyText}, {"arg4", kAnyText},
          {"arg5", kAnyText}, {"arg6", kAnyText}, {"arg7", kAnyText}, {"arg8", kAnyText}, {"arg9", kAnyText}}},
        {"echojson",
         "hidden",
         "Returns its arguments, which sluice-cli passes as JSON.",
         {{"arg0", kAny}, {"arg1", kAny}, {"arg2", kAny}, {"arg3", kAny}, {"arg4", kAny},
          {"arg5", kAny}, {"arg6", kAny}, {"arg7", kAny}, {"arg8", kAny}, {"arg9", kAny}}},
        {"getmemoryinfo", "control", "Memory in use.", {{"mode", kText}}},
        {"getrpcinfo", "control", "State of the RPC server."},
        {"help", "control", "All methods, or one of them.", {{"command", kText}}},
        {"stop", "control", "Stop the node.", {{"wait", kNumber, false, "Milliseconds to wait before the reply"}}},
        {"uptime", "control", "Seconds since the node started."},
    };
}

std::vector<Method> mining_methods() {
    return {
        {"combineblocksigs",
         "mining",
         "Adds signatures to a block proposal.",
         {{"blockhex", kHex, true}, {"signatures", kArray, true, "Objects with pubkey and sig"}, {"witnessScript", kHex}}},
        {"generatetoaddress",
         "mining",
         "Makes blocks at once, where the block script needs no signature.",
         {{"nblocks", kNumber, true}, {"address", kText, true}, {"maxtries", kNumber}}},
        {"getmininginfo", "mining", "State of block making."},
        {"getnewblockhex",
         "mining",
         "A block proposal without signatures, as hex.",
         {{"min_tx_age", kNumber, false, "Least age of its transactions in seconds (default: 0)"},
          {"proposed_parameters", kObject, false, "Dynamic federation parameters to vote for"},
          {"commit_data", kAny, false, "Hex data to commit to in the coinbase: a list"}}},
        {"prioritisetransaction", "mining", "Changes how a transaction is chosen.", {{"txid", kHex, true}, {"dummy", kAmount}, {"fee_delta", kNumber, true}}},
        {"submitblock", "mining", "Takes a block; null when it was accepted, else the reason.", {{"hexdata", kHex, true}, {"dummy", kText}}},
        {"submitheader", "mining", "Takes a block header.", {{"hexdata", kHex, true}}},
        {"testproposedblock",
         "mining",
         "Checks a block proposal that carries no signatures yet; fails with the reason.",
         {{"blockhex", kHex, true}, {"acceptnonstd", kBool, false, "Let non-standard transactions pass"}}},
    };
}

std::vector<Method> network_methods() {
    return {
        {"addnode",
         "network",
         "Connects to a node and stays connected (add), forgets it (remove), or tries once (onetry).",
         {{"node", kText, true}, {"command", kText, true, "add, remove or onetry"}, {"v2transport", kBool}}},
        {"clearbanned", "network", "Ends every ban."},
        {"disconnectnode", "network", "Disconnects a peer.", {{"address", kText}, {"nodeid", kNumber}}},
        {"getaddednodeinfo", "network", "Nodes given with addnode.", {{"node", kText}}},
        {"getconnectioncount", "network", "Number of peers."},
        {"getnettotals", "network", "Bytes sent and received."},
        {"getnetworkinfo", "network", "State of the network layer."},
        {"getnodeaddresses", "network", "Known addresses.", {{"count", kNumber}, {"network", kText}}},
        {"getpeerinfo", "network", "State of each peer."},
        {"listbanned", "network", "Banned addresses."},
        {"ping", "network", "Pings every peer; see getpeerinfo."},
        {"setban",
         "network",
         "Bans an address or network (add) or ends its ban (remove).",
         {{"subnet", kText, true}, {"command", kText, true}, {"bantime", kNumber}, {"absolute", kBool}}},
        {"setnetworkactive", "network", "Takes part in the network, or not.", {{"state", kBool, true}}},
    };
}

std::vector<Method> zmq_methods() {
    return {
        {"getzmqnotifications", "zmq", "The ZeroMQ publishers."},
        {"getzmqreplay",
         "zmq",
         "Messages that a topic published, from a sequence number on.",
         {{"topic", kText, true},
          {"from_sequence", kNumber, true, "First sequence number wanted"},
          {"count", kNumber, false, "At most so many (default: 100)"}}},
    };
}

}  // namespace sluice::rpc
