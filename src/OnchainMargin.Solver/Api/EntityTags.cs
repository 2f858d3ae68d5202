using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace OnchainMargin.Solver.Api;

/// <summary>Gives every answer to a read its entity tag, and answers 304 to who has it already. Streams pass untouched.</summary>
internal static class EntityTags
{
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!HttpMethods.IsGet(context.Request.Method) || !context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) || NeverEnds(context.Request.Path))
        {
            await next(context);
            return;
        }

        Stream outer = context.Response.Body;
        using var buffer = new MemoryStream();
        context.Response.Body = buffer;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = outer;
        }

        if (context.Response.StatusCode == StatusCodes.Status200OK)
        {
            string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)).AsSpan(0, 12))}\"";
            context.Response.Headers.ETag = tag;
            context.Response.Headers.CacheControl = "no-cache";
            if (context.Request.Headers.IfNoneMatch.Any(given => given is not null && given.Split(',').Any(one => string.Equals(one.Trim(), tag, StringComparison.Ordinal))))
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                context.Response.Headers.Remove(HeaderNames.ContentType);
                context.Response.ContentLength = null;
                return;
            }
        }

        buffer.Position = 0;
        await buffer.CopyToAsync(outer, context.RequestAborted);
    }

    /// <summary>What never ends would be gathered here for ever.</summary>
    internal static bool NeverEnds(PathString path) => StreamEndpoints.IsStream(path) || OrderEndpoints.IsSession(path);
}
