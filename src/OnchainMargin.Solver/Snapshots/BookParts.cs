using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Solver.Snapshots;

/// <summary>A book as parts of bounded size: first accounts, then everything else.</summary>
internal static class BookParts
{
    private const string SourcesResource = "book.sources";

    /// <summary>What a snapshot rests on beside the chain: the deployment, the sources of what makes a book of events and of what a book consists of, and the very build of the runtime, by which numbers lie in memory. Code that reads an event otherwise, or knows more of an account, makes the book anew.</summary>
    public static string FormatOf(DeploymentRecord deployment)
    {
        IEnumerable<string> sources = new[] { typeof(BookParts), typeof(ProtocolBook), typeof(AccountState), typeof(Hash32) }.SelectMany(static type => SourcesOf(type.Assembly)).Order(StringComparer.Ordinal);
        return Keccak256.HashUtf8($"{string.Join(' ', sources)} {typeof(object).Module.ModuleVersionId} {RuntimeInformation.ProcessArchitecture} {deployment.Contracts}").ToString();
    }

    /// <summary>Writes a book.</summary>
    /// <param name="book">The book.</param>
    /// <param name="emit">Takes part after part.</param>
    /// <returns>How many there are.</returns>
    public static int Write(ProtocolBook book, Action<byte[]> emit)
    {
        var to = new PartWriter(book.BlockNumber, emit);
        foreach (BookAccount account in book.Accounts.Values)
        {
            Form<BookAccount>.Write(to, account);
            to.End(PartWriter.FullBytes);
        }

        to.End(0);
        to.GoesOn = true;
        Form<ProtocolBook>.Write(to, book);
        Form<int>.Write(to, book.Accounts.Count);
        to.End(0);
        return to.Parts;
    }

    /// <summary>Reads a book, several parts side by side.</summary>
    /// <param name="block">The block of the snapshot.</param>
    /// <param name="parts">Its parts.</param>
    /// <exception cref="ProtocolException">Thrown when they are not what was written.</exception>
    public static ProtocolBook Read(ulong block, IEnumerable<byte[]> parts)
    {
        (int Place, ReadOnlyMemory<byte> Content, BookAccount[]? Accounts)[] read =
        [
            .. Partitioner.Create(parts, EnumerablePartitionerOptions.NoBuffering).AsParallel().Select(part => Open(part, block)).OrderBy(static part => part.Place),
        ];
        Require(read.Select(static part => part.Place).SequenceEqual(Enumerable.Range(0, read.Length)), "a part of it is there twice");
        var rest = new PartReader(read.Where(static part => part.Accounts is null).Select(static part => part.Content));
        ProtocolBook book = Form<ProtocolBook>.Read(rest) with { Accounts = AccountTable.Of(read.SelectMany(static part => part.Accounts ?? [])) };
        Require(Form<int>.Read(rest) == book.Accounts.Count && rest.IsAtEnd, "it has other accounts than it should");
        return book;
    }

    /// <summary>Name and digest of each source that the build noted (BookSources.targets), in the order of its file system.</summary>
    private static string[] SourcesOf(Assembly assembly)
    {
        using Stream noted = assembly.GetManifestResourceStream(SourcesResource) ?? throw new InvalidOperationException($"{assembly.GetName().Name} was built without {SourcesResource}.");
        using var reader = new StreamReader(noted);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static (int Place, ReadOnlyMemory<byte> Content, BookAccount[]? Accounts) Open(byte[] part, ulong block)
    {
        Require(part.Length >= PartWriter.HeadBytes && SHA256.HashData(part.AsSpan(PartWriter.BlockOffset)).AsSpan().SequenceEqual(part.AsSpan(0, PartWriter.BlockOffset)), "a part of it was altered");
        Require(BinaryPrimitives.ReadUInt64LittleEndian(part.AsSpan(PartWriter.BlockOffset)) == block, "a part of it is of another block");
        int place = BinaryPrimitives.ReadInt32LittleEndian(part.AsSpan(PartWriter.PlaceOffset));
        ReadOnlyMemory<byte> content = part.AsMemory(PartWriter.HeadBytes);
        if (part[PartWriter.KindOffset] != 0)
        {
            return (place, content, null);
        }

        var from = new PartReader(content);
        var accounts = new List<BookAccount>();
        while (!from.IsAtEnd)
        {
            accounts.Add(Checked(Form<BookAccount>.Read(from)));
        }

        return (place, default, [.. accounts]);
    }

    /// <summary>The account with its state, which is checked against the commitment as an event's is.</summary>
    private static BookAccount Checked(BookAccount account)
    {
        Require(Keccak256.Hash(account.StateBytes) == account.StateHash, $"the state of account {account.Id} is not that of its commitment");
        Require(AccountState.Unpack(account.StateBytes, out AccountState? state) == MarginError.None, $"the state of account {account.Id} cannot be read");
        return account with { State = state! };
    }

    private static void Require(bool fits, string defect)
    {
        if (!fits)
        {
            throw new ProtocolException(defect);
        }
    }
}
