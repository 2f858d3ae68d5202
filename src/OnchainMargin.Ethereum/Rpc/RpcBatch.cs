namespace OnchainMargin.Ethereum.Rpc;

/// <summary>Brings the replies of a batch, which may come in any order, into the order of the requests.</summary>
internal static class RpcBatch
{
    public static IReadOnlyList<RpcReply> Match(ReadOnlyMemory<byte> answer, IReadOnlyList<RpcRequest> requests, long firstId, string subject)
    {
        List<RpcMessage> messages = RpcReplyParser.ReadBatch(answer, subject);
        if (messages is [{ Id: null, Error: { } refused }])
        {
            return [.. requests.Select(request => new RpcReply(request.Method, default, refused))];
        }

        var replies = new RpcReply?[requests.Count];
        foreach (RpcMessage message in messages)
        {
            long index = (message.Id ?? -1) - firstId;
            if (index < 0 || index >= replies.Length || replies[index] is not null)
            {
                throw RpcReplyParser.Garbled(answer, subject);
            }

            replies[index] = new RpcReply(requests[(int)index].Method, message.Result, message.Error);
        }

        int missing = Array.IndexOf(replies, null);
        return missing < 0
            ? replies.OfType<RpcReply>().ToArray()
            : throw new EthereumFormatException($"{subject} left request {missing + 1} of a batch of {requests.Count} ({requests[missing].Method}) unanswered; send a smaller batch.");
    }
}
