using System.Globalization;
using OnchainMargin.Ethereum.Abi;

namespace OnchainMargin.Ethereum.Generation;

/// <summary>Emits an event.</summary>
internal sealed class EventEmitter(TypeMap types, MemberEmitter members)
{
    public void Emit(SourceWriter source, AbiEvent declared, string stem)
    {
        string name = stem + "Event";
        string[] names = CSharpNames.Properties(declared.Inputs, name);
        source.Summary($"The event <c>{declared.Signature}</c>.{(declared.Inputs.Any(IsHashed) ? " An indexed parameter of dynamic type is the hash that the log has of it." : "")}");
        source.Open($"public readonly record struct {name}({members.Declaration(declared.Inputs, names, input => IsHashed(input) ? "Hash32" : types.CSharp(input.Type))}) : IContractEvent<{name}>");
        source.Summary("The event's signature.");
        source.Line($"public const string EventSignature = \"{declared.Signature}\";");
        source.Line();
        source.Line("/// <inheritdoc/>");
        source.Line($"public static Hash32 Topic => new({Words(declared.Topic)});");
        source.Line();
        source.Line($"string IContractEvent.EventName => \"{declared.Name}\";");
        source.Line();
        EmitDecode(source, declared, name);
        source.Close();
        source.Line();
    }

    internal static bool IsHashed(AbiParameter input) =>
        input.IsIndexed && (input.Type.IsDynamic || input.Type.Kind is AbiKind.FixedArray or AbiKind.Tuple);

    private static string Words(Hash32 topic)
    {
        string digits = topic.ToString()[2..];
        return string.Join(", ", Enumerable.Range(0, 4).Select(i => $"0x{digits.Substring(16 * i, 16)}UL"));
    }

    private void EmitDecode(SourceWriter source, AbiEvent declared, string name)
    {
        int own = declared.IsAnonymous ? 0 : 1;
        int topics = own + declared.Inputs.Count(static input => input.IsIndexed);
        bool hasData = declared.Inputs.Any(static input => !input.IsIndexed);
        source.Line("/// <inheritdoc/>");
        source.Open($"public static bool TryDecode(LogEntry log, out {name} value)");
        source.Line("ArgumentNullException.ThrowIfNull(log);");
        if (!declared.IsAnonymous)
        {
            source.Open("if (!log.HasTopic(Topic))");
            source.Line("value = default;");
            source.Line("return false;");
            source.Close();
            source.Line();
        }

        string words = string.Create(CultureInfo.InvariantCulture, $"log.TopicWords(stackalloc byte[{Math.Max(32, topics * 32)}], {topics}, \"{declared.Name}\")");
        source.Line(topics > own ? $"var topics = new AbiReader({words});" : $"_ = {words};");
        if (hasData)
        {
            source.Line("var reader = new AbiReader(log.Data);");
        }

        source.Line($"value = new {name}({string.Join(", ", Reads(declared, own))});");
        source.Line("return true;");
        source.Close();
    }

    private IEnumerable<string> Reads(AbiEvent declared, int topic)
    {
        int at = 0;
        foreach (AbiParameter input in declared.Inputs)
        {
            if (input.IsIndexed)
            {
                string position = (32 * topic++).ToString(CultureInfo.InvariantCulture);
                yield return IsHashed(input) ? $"topics.ReadFixedBytes({position}, 32)" : types.Read(input.Type, "topics", position, "0");
            }
            else
            {
                yield return types.Read(input.Type, "reader", at.ToString(CultureInfo.InvariantCulture), "0");
                at += input.Type.HeadSize;
            }
        }
    }
}
